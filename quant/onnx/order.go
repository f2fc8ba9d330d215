package onnx

import (
	"fmt"
	"slices"
	"strings"
)

// order sorts the nodes that lead to an output so that each comes after those it reads, and otherwise
// as in the file. It also notes what is wanted. Errors name what is missing, made twice or in a cycle.
func (b *importer) order() ([]int, error) {
	nodes := b.m.Graph.Nodes
	maker := map[string]int{}
	reads := make([][]string, len(nodes)) // of each node, what its graphs read included
	for i := range nodes {
		reads[i] = nodes[i].reads()
		for _, out := range nodes[i].Outputs {
			if out == "" {
				continue
			}
			if j, twice := maker[out]; twice {
				return nil, fmt.Errorf("tensor %q is made by nodes %q and %q", out, nodeName(&nodes[j]), nodeName(&nodes[i]))
			}
			if b.Taken(out) {
				return nil, fmt.Errorf("tensor %q is made by node %q and is an input or initializer too", out, nodeName(&nodes[i]))
			}
			maker[out] = i
		}
	}
	live := make([]bool, len(nodes))
	var stack []int
	want := func(name string) {
		b.wanted[name] = true
		if i, ok := maker[name]; ok && !live[i] {
			live[i] = true
			stack = append(stack, i)
		}
	}
	for _, out := range b.m.Graph.Outputs {
		want(out.Name)
	}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		n := &nodes[at]
		stack = stack[:len(stack)-1]
		for _, in := range reads[at] {
			if in == "" {
				continue
			}
			if _, ok := maker[in]; !ok && !b.Taken(in) {
				return nil, fmt.Errorf("node %q (%s): input %q is made by no node and is no input or initializer of the graph",
					nodeName(n), n.OpType, in)
			}
			want(in)
		}
	}
	for name := range maker {
		b.Take(name)
	}
	delete(b.wanted, "")
	return sortNodes(nodes, reads, live, maker)
}

// sortNodes walks depth first from each node in the order of the file, without recursion.
func sortNodes(nodes []Node, reads [][]string, live []bool, maker map[string]int) ([]int, error) {
	type frame struct{ node, next int }
	const (
		fresh = iota
		open
		closed
	)
	state := make([]uint8, len(nodes))
	var order []int
	var path []frame
	for i := range nodes {
		if !live[i] || state[i] != fresh {
			continue
		}
		state[i] = open
		path = append(path[:0], frame{node: i})
		for len(path) > 0 {
			f := &path[len(path)-1]
			inputs := reads[f.node]
			if f.next == len(inputs) {
				state[f.node] = closed
				order = append(order, f.node)
				path = path[:len(path)-1]
				continue
			}
			j, made := maker[inputs[f.next]]
			f.next++
			if !made || state[j] == closed {
				continue
			}
			if state[j] == open {
				var cycle []string
				from := slices.IndexFunc(path, func(f frame) bool { return f.node == j })
				for _, f := range path[from:] {
					cycle = append(cycle, fmt.Sprintf("%q", nodeName(&nodes[f.node])))
				}
				if len(cycle) > 8 {
					cycle = append(cycle[:8], "…")
				}
				return nil, fmt.Errorf("the graph has a cycle: each of these nodes needs another one of them first: %s",
					strings.Join(cycle, ", "))
			}
			state[j] = open
			path = append(path, frame{node: j})
		}
	}
	return order, nil
}
