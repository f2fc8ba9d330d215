package fuse

import (
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/graph"
)

// Find gives the modules of g in the order of their anchors, longest pattern first. Parts follow
// each other without a fork: what lies between them is read once and is no output of the network.
// Weights and the numbers of a batch normalisation must be constants. exact leaves out what MQBench's
// main branch fuses no more: frozen batch normalisations, and a ReLU with a transposed convolution.
func Find(g *graph.Graph, exact bool) []Module {
	return find(g, exact, func(p pattern) bool { return !exact || !p.earlier })
}

// Singles gives the modules of g with nothing fused to them, for backends that do not fuse.
func Singles(g *graph.Graph) []Module {
	return find(g, false, func(p pattern) bool { return len(p.parts) == 1 })
}

// find gives the modules of the patterns that count.
func find(g *graph.Graph, exact bool, counts func(pattern) bool) []Module {
	m := matcher{g, exact, g.Consumers(), make([]bool, len(g.Values)), make([]bool, len(g.Nodes))}
	for _, v := range g.Outputs {
		m.output[v] = true
	}
	var modules []Module
	for n := range g.Nodes {
		for _, p := range patterns {
			if !counts(p) {
				continue
			}
			if nodes := m.match(p, n); nodes != nil {
				modules = append(modules, m.module(p, nodes))
				for _, i := range nodes {
					m.taken[i] = true
				}
				break
			}
		}
	}
	return modules
}

type matcher struct {
	g         *graph.Graph
	exact     bool
	consumers [][]int
	output    []bool // values that leave the network
	taken     []bool // nodes that are in a module
}

// module names a module: one of a pattern by its dimensions, its place by the anchor.
func (m matcher) module(p pattern, nodes []int) Module {
	anchor := m.g.Nodes[nodes[0]]
	out := Module{Kind: p.kind, Name: anchor.Name, Nodes: nodes}
	if m.lifted(nodes[0]) >= 0 {
		out.Name = strings.TrimSuffix(anchor.Name, lifted)
	}
	if p.parts[0] != linear {
		out.Kind = p.in(max(m.rank(nodes[0])-2, 1))
	}
	out.Path = out.Name
	if path, ok := strings.CutSuffix(m.value(anchor, 1).Name, ".weight"); ok && p.parts[0] != batchNorm {
		out.Path = path
	} else if path := Scope(out.Name); path != "" {
		out.Path = path
	}
	return out
}

// modular tells whether MQBench has a module for a pattern of several parts in the anchor's dimensions.
func (m matcher) modular(p pattern, anchor int) bool {
	switch p.parts[0] {
	case convTranspose:
		return m.rank(anchor) == 4
	case batchNorm:
		return m.rank(anchor) >= 4
	}
	return true
}

// rank is that of what an anchor reads, as the file has it.
func (m matcher) rank(anchor int) int {
	rank := len(m.value(m.g.Nodes[anchor], 0).Shape)
	if m.lifted(anchor) >= 0 {
		rank--
	}
	return rank
}

// lifted ends the name of a convolution that package onnx wrote as one of an image of height 1.
const lifted = "_2d"

// lifted is the Reshape that takes the height away again from such a convolution, -1 if n is none.
func (m matcher) lifted(n int) int {
	name, ok := strings.CutSuffix(m.g.Nodes[n].Name, lifted)
	if !ok {
		return -1
	}
	back := m.next(n)
	if back < 0 || m.g.Nodes[back].Name != name {
		return -1
	}
	if _, ok := m.g.Nodes[back].Op.(graph.Reshape); !ok {
		return -1
	}
	return back
}

// match gives the nodes of the pattern that begins at node n, nil if it does not.
func (m matcher) match(p pattern, n int) []int {
	var nodes []int
	for i, part := range p.parts {
		if i > 0 {
			if n = m.next(nodes[len(nodes)-1]); n < 0 {
				return nil
			}
		}
		more := m.part(part, n)
		if more == nil || (part == batchNorm || part == frozenBatchNorm) && i > 0 && !m.foldable(nodes[0], n) {
			return nil
		}
		if i > 0 && m.exact && !m.modular(p, nodes[0]) {
			return nil
		}
		nodes = append(nodes, more...)
	}
	return nodes
}

// next is the one node that reads node n's output, -1 if it is not the only use of it.
func (m matcher) next(n int) int {
	out := m.g.Nodes[n].Outputs[0]
	if m.output[out] || len(m.consumers[out]) != 1 {
		return -1
	}
	return m.consumers[out][0]
}

// part gives the nodes of a part that begins at node n, nil if none does.
func (m matcher) part(p part, n int) []int {
	if m.taken[n] {
		return nil
	}
	node := m.g.Nodes[n]
	matches := false
	switch node.Op.(type) {
	case graph.Conv:
		matches = p == conv && m.constant(node, 1)
	case graph.ConvTranspose:
		matches = p == convTranspose && m.constant(node, 1)
	case graph.Gemm:
		matches = p == linear && m.constant(node, 1) && !m.constant(node, 0)
	case graph.MatMul:
		if p == linear && m.constant(node, 1) && len(m.value(node, 1).Shape) == 2 && !m.constant(node, 0) {
			return m.matMul(n)
		}
	case graph.BatchNormalization:
		matches = p == batchNorm && m.constant(node, 1) && m.constant(node, 2) && m.constant(node, 3) && m.constant(node, 4)
	case graph.Mul:
		if p == frozenBatchNorm {
			return m.frozen(n)
		}
	case graph.Relu:
		matches = p == relu
	}
	if !matches {
		return nil
	}
	if p == conv || p == convTranspose {
		if back := m.lifted(n); back >= 0 {
			return []int{n, back}
		}
	}
	return []int{n}
}

// foldable tells whether a normalisation can be merged into the anchor: it goes over the anchor's
// output channels, and the bias, if any, is one constant for each of them.
func (m matcher) foldable(anchor, norm int) bool {
	node := m.g.Nodes[anchor]
	if m.linear(node) && len(m.g.Values[m.g.Nodes[norm].Outputs[0]].Shape) != 2 {
		return false // BatchNorm1d over a sequence: axis 1 is not the layer's output
	}
	if len(node.Inputs) < 3 || node.Inputs[2] == graph.None {
		return true
	}
	out, bias := m.g.Values[node.Outputs[0]].Shape[1], m.value(node, 2).Shape
	return m.constant(node, 2) && (graph.Len(bias) == 1 || graph.Len(bias) == out && bias[len(bias)-1] == out)
}

func (m matcher) linear(node graph.Node) bool {
	switch node.Op.(type) {
	case graph.Gemm, graph.MatMul:
		return true
	}
	return false
}

// matMul adds the Add of a bias to a MatMul, where there is one.
func (m matcher) matMul(n int) []int {
	add := m.next(n)
	if add < 0 || m.taken[add] {
		return []int{n}
	}
	node := m.g.Nodes[add]
	if _, ok := node.Op.(graph.Add); !ok || (!m.constant(node, 0) && !m.constant(node, 1)) {
		return []int{n}
	}
	width := m.value(m.g.Nodes[n], 1).Shape[1]
	if bias := m.other(node, m.g.Nodes[n].Outputs[0]); graph.Len(bias.Shape) != width || bias.Shape[len(bias.Shape)-1] != width {
		return []int{n}
	}
	return []int{n, add}
}

// frozen matches Mul and Add of one number for each channel: what FrozenBatchNorm2d exports to.
func (m matcher) frozen(n int) []int {
	add := m.next(n)
	if add < 0 || m.taken[add] || !m.perChannel(m.g.Nodes[n]) || !m.perChannel(m.g.Nodes[add]) {
		return nil
	}
	if _, ok := m.g.Nodes[add].Op.(graph.Add); !ok {
		return nil
	}
	return []int{n, add}
}

// perChannel tells whether a binary node has one constant of shape [C,1,1] or [1,C,1,1], where its
// output is [N,C,H,W].
func (m matcher) perChannel(node graph.Node) bool {
	out := m.g.Values[node.Outputs[0]].Shape
	c := 0
	if !m.constant(node, 0) {
		c = 1
	}
	if len(out) != 4 || !m.constant(node, c) || m.constant(node, 1-c) {
		return false
	}
	want := []int{1, out[1], 1, 1}
	shape := m.value(node, c).Shape
	return slices.Equal(shape, want) || slices.Equal(shape, want[1:])
}

// constant tells whether input i is a float constant.
func (m matcher) constant(node graph.Node, i int) bool {
	if i >= len(node.Inputs) || node.Inputs[i] == graph.None {
		return false
	}
	v := m.g.Values[node.Inputs[i]]
	return v.Const != nil && v.DType == graph.Float32
}

func (m matcher) value(node graph.Node, i int) graph.Value { return m.g.Values[node.Inputs[i]] }

// other is the input of a binary node that is not v.
func (m matcher) other(node graph.Node, v graph.ValueID) graph.Value {
	if node.Inputs[0] == v {
		return m.value(node, 1)
	}
	return m.value(node, 0)
}
