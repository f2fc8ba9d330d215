package onnx

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// tail are the nodes behind one whose output's size depends on the data, as detectors choose boxes: what has no shape
// until it runs is left out, and what it reads become outputs of the network.
type tail struct {
	nodes []*Node
	made  map[string]bool // what they make
	err   error           // why the first is among them
}

// begin puts a node into the tail.
func (t *tail) begin(n *Node, err error) {
	if t.err == nil {
		t.err = err
	}
	t.nodes = append(t.nodes, n)
	for _, name := range n.Outputs {
		t.made[name] = name != ""
	}
}

// follows tells whether a node reads what the tail makes, and puts it there then.
func (t *tail) follows(n *Node) bool {
	if !slices.ContainsFunc(n.reads(), func(name string) bool { return t.made[name] }) {
		return false
	}
	t.begin(n, t.err)
	return true
}

// ends are the outputs of the network: the file's or, where it has a tail, those of them that are made before it and
// then what the tail reads. A network that is nothing but a tail is refused.
func (b *importer) ends() ([]ValueInfo, error) {
	if b.tail.err == nil {
		return b.m.Graph.Outputs, nil
	}
	var ends []ValueInfo
	taken := map[graph.ValueID]bool{}
	for _, id := range b.Graph.Inputs {
		taken[id] = true
	}
	for _, out := range b.m.Graph.Outputs {
		if id, ok := b.ids[out.Name]; ok && !b.tail.made[out.Name] {
			taken[id] = true
			ends = append(ends, out)
		}
	}
	read := 0
	for _, n := range b.tail.nodes {
		for _, name := range n.reads() {
			id, ok := b.ids[name]
			if !ok || id == graph.None || taken[id] || b.Graph.Values[id].Const != nil {
				continue
			}
			taken[id] = true
			ends = append(ends, ValueInfo{Name: name})
			read++
		}
	}
	if len(ends) == 0 {
		return nil, b.tail.err
	}
	first := b.tail.nodes[0]
	b.Graph.Notes = append(b.Graph.Notes, fmt.Sprintf("The network ends before node %q (%s), since how large its output is depends on the data; "+
		"it and the nodes after it, %d, are left out, and the values that they read, %d, are outputs.", nodeName(first), typeName(first), len(b.tail.nodes), read))
	return ends, nil
}
