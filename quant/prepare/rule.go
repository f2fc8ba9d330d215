package prepare

import (
	"slices"

	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/recipe"
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

	placeholders bool     // the inputs of the network are quantized
	results      bool     // the outputs of the network are quantized
	lastFloat    bool     // the outputs of the network are never quantized
	floatWeights []string // modules, by the beginning of their names, whose weights are not quantized
	biases       bool     // biases are quantized as weights are
	tensorsOnly  bool     // a sum or product of a tensor and a number is left alone

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
		return onnxQNN(exact)
	case "openvino":
		return openVINO(exact)
	case "openvino_academic":
		return openVINOAcademic()
	case "vitis":
		return vitis(exact)
	case "bm1684x", "bm1690", "bm1688", "cv18xx", "mars3":
		return sophgo()
	}
	return base() // tensorrt, qdq, nnie
}

// placement is what a rule decides on. A unit is a module, or a node that is in none; it goes by the
// index of its first node.
type placement struct {
	graph    *graph.Graph
	exact    bool          // as MQBench
	kind     []kind        // of each unit, other for the further nodes of a module
	module   []fuse.Module // of each unit, the zero value for a node in none
	unit     []int         // of each node
	last     []int         // node of each unit
	producer []int         // of each value, -1 for inputs and constants
	readers  [][]int
}

func newPlacement(g *graph.Graph, modules []fuse.Module, r recipe.Recipe) placement {
	n := len(g.Nodes)
	p := placement{g, r.MQBenchExact, make([]kind, n), make([]fuse.Module, n), make([]int, n), make([]int, n), g.Producers(), g.Consumers()}
	for i := range n {
		p.unit[i], p.last[i] = i, i
	}
	for _, m := range modules {
		first := m.Nodes[0]
		p.module[first], p.last[first] = m, m.Nodes[len(m.Nodes)-1]
		for _, i := range m.Nodes {
			p.unit[i] = first
		}
	}
	for i, node := range g.Nodes {
		if p.unit[i] == i {
			p.kind[i] = kindOf(g, node, p.module[i], r)
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
	operands := p.operands(n)
	if r.tensorsOnly && len(operands) < len(p.graph.Nodes[n].Inputs) && slices.Contains([]kind{add, sub, mul, div}, p.kind[n]) {
		return nil
	}
	var values []graph.ValueID
	for _, v := range operands {
		if !slices.Contains(r.merged, edge{p.made(v), p.kind[n]}) {
			values = append(values, r.standsAt(p, v)...)
		}
	}
	return values
}

// operands are what a unit computes with that may be quantized: activations, and of sums and products
// parameters too, but no numbers.
func (p placement) operands(n int) []graph.ValueID {
	node := p.graph.Nodes[n]
	switch p.kind[n] {
	case add, sub, mul, div, matmul, cat:
		return slices.DeleteFunc(slices.Clone(node.Inputs), func(v graph.ValueID) bool { return v == graph.None || isNumber(p.graph.Values[v]) })
	}
	return []graph.ValueID{p.source(n)}
}

// source is the input of a unit. [Q] MQBench sees that of the whole module: what a convolution in one
// dimension reads before it is made an image, and a pool before it pads. The numbers are the same.
func (p placement) source(n int) graph.ValueID {
	v := p.graph.Nodes[n].Inputs[0]
	if made := p.producer[v]; p.exact && made >= 0 && p.part(made, n) {
		return p.graph.Nodes[made].Inputs[0]
	}
	return v
}

// part tells whether node made prepares the input of unit n and is of the same module in PyTorch.
func (p placement) part(made, n int) bool {
	switch op := p.graph.Nodes[made].Op.(type) {
	case graph.Reshape:
		return p.module[n].Name != "" && p.graph.Nodes[made].Name == p.module[n].Name+"_image"
	case graph.Pad:
		return p.kind[n] == avgPool && op.Mode == graph.PadConstant && op.Value == 0 && len(p.readers[p.graph.Nodes[n].Inputs[0]]) == 1 &&
			fuse.Scope(p.graph.Nodes[made].Name) == fuse.Scope(p.graph.Nodes[n].Name)
	}
	return false
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
