package prepare

import (
	"slices"

	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
)

// rule is where a backend wants quantizers, put together from a few pieces. Each backend is one
// literal, to be read beside the table of spec §3.4.
type rule struct {
	unfused bool // batch normalisation stays, every layer is for itself
	ends8   bool // the first and the last layer, and their inputs, keep 8 bits

	inputs  []kind // the inputs of these are quantized
	outputs []kind // the outputs of these are quantized,
	past    []kind // but the quantizer moves behind a reader of these kinds
	merged  []edge // no quantizer for the sake of these: the engine runs the two as one

	placeholders bool // the inputs of the network are quantized
	results      bool // the outputs of the network are quantized
	lastFloat    bool // the outputs of the network are never quantized
	floatWeights []kind
	biases       bool // biases are quantized as weights are

	through  []kind // a quantizer asked for behind one of these stands at its inputs instead
	carried  []edge // between these neither: the producer hands on the codes it got
	unsigned bool   // what cannot be negative has unsigned codes

	groupsApart bool // overrides by type do not concern convolutions in groups
}

// edge is a producer and one that reads it.
type edge struct{ producer, reader kind }

// ruleOf is the rule of a backend of recipe.BackendTable, exact with what the spec marks [Q].
func ruleOf(backend string, exact bool) rule {
	switch backend {
	case "academic":
		return academic()
	case "academic_nlp":
		return academicNLP()
	case "tensorrt_nlp":
		return tensorrtNLP()
	case "snpe", "pplw8a16", "pplcuda", "stpu":
		return totalINT()
	case "tengine_u8":
		return tengine()
	case "onnx_qnn":
		return onnxQNN()
	case "openvino":
		return openVINO(exact)
	case "openvino_academic":
		return openVINOAcademic()
	case "vitis":
		return vitis()
	case "bm1684x", "bm1690", "bm1688", "cv18xx", "mars3":
		return sophgo()
	}
	return base() // tensorrt, qdq, nnie
}

// placement is what a rule decides on. A unit is a module, or a node that is in none; it goes by the
// index of its first node.
type placement struct {
	graph    *graph.Graph
	kind     []kind // of each unit, other for the further nodes of a module
	module   []string
	unit     []int // of each node
	last     []int // node of each unit
	producer []int // of each value, -1 for inputs and constants
	readers  [][]int
}

func newPlacement(g *graph.Graph, modules []fuse.Module) placement {
	n := len(g.Nodes)
	p := placement{g, make([]kind, n), make([]string, n), make([]int, n), make([]int, n), g.Producers(), g.Consumers()}
	for i := range n {
		p.unit[i], p.last[i] = i, i
	}
	for _, m := range modules {
		first := m.Nodes[0]
		p.module[first], p.last[first] = m.Kind, m.Nodes[len(m.Nodes)-1]
		for _, i := range m.Nodes {
			p.unit[i] = first
		}
	}
	for i, node := range g.Nodes {
		if p.unit[i] == i {
			p.kind[i] = kindOf(g, node, p.module[i])
		}
	}
	return p
}

// out is what a unit makes.
func (p placement) out(unit int) graph.ValueID { return p.graph.Nodes[p.last[unit]].Outputs[0] }

// made is the kind of what makes a value, other for inputs and constants.
func (p placement) made(v graph.ValueID) kind {
	if n := p.producer[v]; n >= 0 {
		return p.kind[p.unit[n]]
	}
	return other
}

// leaves tells whether a value is an output of the network.
func (p placement) leaves(v graph.ValueID) bool { return slices.Contains(p.graph.Outputs, v) }

// before are the values that a rule quantizes because unit n reads them.
func (r rule) before(p placement, n int) []graph.ValueID {
	if !slices.Contains(r.inputs, p.kind[n]) {
		return nil
	}
	var values []graph.ValueID
	for _, v := range p.operands(n) {
		if !slices.Contains(r.merged, edge{p.made(v), p.kind[n]}) {
			values = append(values, r.standsAt(p, v)...)
		}
	}
	return values
}

// operands are the activations that a unit computes with. A sum or product of a tensor and a number
// has none: MQBench quantizes those of two tensors.
func (p placement) operands(n int) []graph.ValueID {
	node := p.graph.Nodes[n]
	switch p.kind[n] {
	case add, sub, mul, div, matmul:
		for _, v := range node.Inputs {
			if v != graph.None && p.graph.Values[v].Const != nil {
				return nil
			}
		}
		return node.Inputs
	case cat:
		return node.Inputs
	}
	return node.Inputs[:1]
}

// standsAt is where the quantizer of a value that a reader asked for stands.
func (r rule) standsAt(p placement, v graph.ValueID) []graph.ValueID {
	if slices.Contains(r.through, p.made(v)) {
		var values []graph.ValueID
		for _, in := range p.graph.Nodes[p.producer[v]].Inputs {
			values = append(values, r.standsAt(p, in)...)
		}
		return values
	}
	for _, reader := range p.readers[v] {
		if slices.Contains(r.carried, edge{p.made(v), p.kind[p.unit[reader]]}) {
			return nil
		}
	}
	return []graph.ValueID{v}
}

// behind are the values that a rule quantizes because unit n makes them.
func (r rule) behind(p placement, n int) []graph.ValueID {
	if p.unit[n] != n || !slices.Contains(r.outputs, p.kind[n]) {
		return nil
	}
	var values []graph.ValueID
	v := p.out(n)
	for _, i := range p.readers[v] {
		reader := p.unit[i]
		switch {
		case slices.Contains(r.past, p.kind[reader]):
			values = append(values, p.out(reader))
		case !slices.Contains(r.merged, edge{p.kind[n], p.kind[reader]}):
			values = append(values, v)
		}
	}
	if p.leaves(v) {
		values = append(values, v)
	}
	return values
}
