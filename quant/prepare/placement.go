package prepare

import (
	"slices"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/recipe"
)

// placement is what a rule decides on. A unit is a module, or a node that is in none; it goes by the
// index of its first node.
type placement struct {
	graph    *graph.Graph
	rule     backend.Rule
	exact    bool           // as MQBench
	mixed    bool           // every activation has a quantizer, of bfloat16 where no layer has to do with it
	kind     []backend.Kind // of each unit, other for the further nodes of a module
	module   []fuse.Module  // of each unit, the zero value for a node in none
	unit     []int          // of each node
	last     []int          // node of each unit
	producer []int          // of each value, -1 for inputs and constants
	readers  [][]int
	output   []bool // of each value: it leaves the network
	carried  []bool // of each value: a reader gets its codes as they are, and it has no quantizer
	lastAxis []bool // of each value: a reader has its channels last
}

func newPlacement(g *graph.Graph, rule backend.Rule, modules []fuse.Module, r recipe.Recipe) placement {
	n := len(g.Nodes)
	p := placement{
		graph: g, rule: rule, exact: r.MQBenchExact, mixed: r.BF16Mix,
		kind: make([]backend.Kind, n), module: make([]fuse.Module, n), unit: make([]int, n), last: make([]int, n), producer: g.Producers(), readers: g.Consumers(),
		output: make([]bool, len(g.Values)), carried: make([]bool, len(g.Values)), lastAxis: make([]bool, len(g.Values)),
	}
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
	for _, v := range g.Outputs {
		p.output[v] = true
	}
	for v, readers := range p.readers { // once for each: one value may have thousands
		for _, reader := range readers {
			kind := p.kind[p.unit[reader]]
			p.carried[v] = p.carried[v] || slices.Contains(rule.Carried, backend.Edge{Producer: p.made(graph.ValueID(v)), Reader: kind})
			p.lastAxis[v] = p.lastAxis[v] || lastChannels(kind)
		}
	}
	return p
}

// out is what a unit makes.
func (p placement) out(unit int) graph.ValueID { return p.graph.Nodes[p.last[unit]].Outputs[0] }

// made is the kind of what makes a value, Other for inputs and constants.
func (p placement) made(v graph.ValueID) backend.Kind {
	if n := p.producer[v]; n >= 0 {
		return p.kind[p.unit[n]]
	}
	return backend.Other
}

// leaves tells whether a value is an output of the network.
func (p placement) leaves(v graph.ValueID) bool { return p.output[v] }

// before are the values that a rule quantizes because unit n reads them.
func (p placement) before(n int) []graph.ValueID {
	if p.mixed || !slices.Contains(p.rule.Inputs, p.kind[n]) {
		return nil
	}
	operands := p.operands(n)
	if p.rule.TensorsOnly && len(operands) < len(p.graph.Nodes[n].Inputs) && slices.Contains([]backend.Kind{backend.Add, backend.Sub, backend.Mul, backend.Div}, p.kind[n]) {
		return nil
	}
	operands = slices.DeleteFunc(operands, func(v graph.ValueID) bool {
		return slices.Contains(p.rule.Merged, backend.Edge{Producer: p.made(v), Reader: p.kind[n]})
	})
	return p.standAt(operands)
}

// operands are what a unit computes with that may be quantized: activations, and of sums and products
// parameters too, but no numbers.
func (p placement) operands(n int) []graph.ValueID {
	node := p.graph.Nodes[n]
	switch p.kind[n] {
	case backend.Add, backend.Sub, backend.Mul, backend.Div, backend.MatMul, backend.Cat:
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
		return p.kind[n] == backend.AvgPool && op.Mode == graph.PadConstant && op.Value == 0 && len(p.readers[p.graph.Nodes[n].Inputs[0]]) == 1 &&
			fuse.Scope(p.graph.Nodes[made].Name) == fuse.Scope(p.graph.Nodes[n].Name)
	}
	return false
}

// standAt is where the quantizers of values that a reader asked for stand, each once: ways through
// concatenations of concatenations may be as many as two to their number.
func (p placement) standAt(asked []graph.ValueID) []graph.ValueID {
	var stand []graph.ValueID
	seen := map[graph.ValueID]bool{}
	slices.Reverse(asked) // the next one last
	for len(asked) > 0 {
		v := asked[len(asked)-1]
		asked = asked[:len(asked)-1]
		switch {
		case seen[v]:
		case slices.Contains(p.rule.Through, p.made(v)):
			for _, in := range slices.Backward(p.graph.Nodes[p.producer[v]].Inputs) {
				asked = append(asked, in)
			}
		case !p.carried[v]:
			stand = append(stand, v)
		}
		seen[v] = true
	}
	return stand
}

// behind are the values that a rule quantizes because unit n makes them.
func (p placement) behind(n int) []graph.ValueID {
	if p.mixed || p.unit[n] != n || !slices.Contains(p.rule.Outputs, p.kind[n]) {
		return nil
	}
	var values []graph.ValueID
	v := p.out(n)
	for _, i := range p.readers[v] {
		reader := p.unit[i]
		switch {
		case slices.Contains(p.rule.Past, p.kind[reader]):
			values = append(values, p.out(reader))
		case !slices.Contains(p.rule.Merged, backend.Edge{Producer: p.kind[n], Reader: p.kind[reader]}):
			values = append(values, v)
		}
	}
	if p.leaves(v) {
		values = append(values, v)
	}
	return values
}

// asks tells whether a rule quantizes anything for the sake of unit n.
func (p placement) asks(n int) bool {
	_, weighted := weightAxis(p.graph, n)
	return p.mixed || weighted || len(recurrentWeights(p.graph, n)) > 0 || len(p.before(n)) > 0 || len(p.behind(n)) > 0 || p.rule.Results && p.leaves(p.out(n))
}
