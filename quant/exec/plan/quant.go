package plan

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Quant is the fake-quantizer of a value: every reader sees the quantized tensor. Of a constant, the
// weights are fake-quantized before they are packed (and before a BatchNormalization is folded in).
type Quant struct {
	graph.Quantizer
	Codes []int8 // of a constant whose floats are already those of its codes: graph.Tensor.Codes
}

// bare takes the fake-quantizers out of the graph. A value that one rounds, and that nothing else reads, is
// from then on what the fake-quantizer makes: its maker rounds it. Of a constant each becomes a constant of
// its own. Where something else reads the value, the FakeQuantize stays, a node that only copies, and its
// output has the quantizer.
func bare(p *Plan) error {
	p.given = p.Graph
	given := withParams(p.given, p.Params)
	g := given.Clone()
	readers, leaves := given.Consumers(), set(len(g.Values), given.Outputs)
	p.Quants = make([][]*Quant, len(g.Values))
	p.rounded = make([]graph.ValueID, len(g.Values))
	for v := range p.rounded {
		p.rounded[v] = graph.ValueID(v)
	}
	p.bare = make([]int, len(g.Nodes))
	g.Nodes = g.Nodes[:0]
	for i, n := range given.Nodes {
		p.bare[i] = len(g.Nodes)
		q, ok := n.Op.(graph.FakeQuantize)
		if !ok {
			g.Nodes = append(g.Nodes, n)
			continue
		}
		x, y := n.Inputs[0], n.Outputs[0]
		own := &Quant{Quantizer: graph.Quantizer{Value: y, FakeQuantize: q}}
		switch c := g.Values[x].Const; {
		case c != nil:
			g.Values[y].Const, p.Quants[y], p.bare[i] = c, slices.Clone(p.Quants[x]), -1
			if c.Params != nil && len(p.Quants[y]) == 0 && c.Params.Equal(q.Params) {
				own.Codes = c.Codes
			}
		case len(readers[x]) == 1 && len(p.Quants[x]) == 0 && !leaves[x]:
			p.rounded[x], p.bare[i] = y, -1
		default:
			g.Nodes = append(g.Nodes, n)
		}
		p.Quants[y] = append(p.Quants[y], own)
	}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		n.Outputs = slices.Clone(n.Outputs)
		for k, v := range n.Outputs {
			if v != graph.None {
				n.Outputs[k] = p.rounded[v]
			}
		}
	}
	for i, v := range g.Inputs {
		g.Inputs[i] = p.rounded[v]
	}
	n := len(g.Values)
	p.output, p.kept, p.observed = set(n, g.Outputs), set(n, p.Keep), make([]bool, n)
	for _, v := range p.Observe {
		p.observed[p.rounded[v]] = true
	}
	for _, u := range p.Updates {
		p.kept[u.From] = p.kept[u.From] || !slices.Contains(p.Params, u.From)
	}
	p.params = map[graph.ValueID]int{}
	for i, v := range p.Params {
		p.params[p.rounded[v]] = i
	}
	p.unite(g)
	p.Graph, p.readers, p.makers = g, g.Consumers(), g.Producers()
	p.folded, p.inputs = make([]bool, len(g.Nodes)), make([]float32, len(g.Nodes))
	return nil
}

// unite has nodes read one value of several that are the same tensor quantized alike: what copies of a module [Q] share is
// quantized, packed and held once. What is asked for stays.
func (p *Plan) unite(g *graph.Graph) {
	found := map[*graph.Tensor][]graph.ValueID{}
	as := make(map[graph.ValueID]graph.ValueID)
	for i := range g.Nodes {
		n := &g.Nodes[i]
		if op, ok := n.Op.(graph.Gemm); ok && (op.Alpha != 1 || len(n.Inputs) > 2 && n.Inputs[2] != graph.None) {
			continue // factor and bias are packed with the weight, but not where many read that: their bits would be others
		}
		for k, v := range n.Inputs {
			if v == graph.None || g.Values[v].Const == nil || p.kept[v] || p.observed[v] {
				continue
			}
			one, known := as[v]
			if !known {
				c := g.Values[v].Const
				one = v
				if at := slices.IndexFunc(found[c], func(w graph.ValueID) bool { return alike(p.Quants[v], p.Quants[w]) }); at >= 0 {
					one = found[c][at]
				} else {
					found[c] = append(found[c], v)
				}
				as[v] = one
			}
			if one != v {
				n.Inputs = slices.Clone(n.Inputs)
				n.Inputs[k] = one
			}
		}
	}
}

// alike tells whether two lists of quantizers make the same of a constant.
func alike(a, b []*Quant) bool {
	return slices.EqualFunc(a, b, func(p, q *Quant) bool { return p.Rule == q.Rule && p.Params.Equal(q.Params) })
}

// Rounded is the value in whose place v is made: itself, or what a fake-quantizer makes of it.
func (p *Plan) Rounded(v graph.ValueID) graph.ValueID { return p.rounded[v] }

// ofGiven gives for every node of the graph that was given what it has in the bare one; of a fake-quantizer
// that was taken out, whose value is y, that of the node that makes y, or what none gives where no node does.
func ofGiven[T any](p *Plan, of []T, none func(y graph.ValueID) T) []T {
	given := make([]T, len(p.bare))
	for i, at := range p.bare {
		y := p.given.Nodes[i].Outputs[0]
		if at < 0 {
			at = p.makers[y]
		}
		if at >= 0 {
			given[i] = of[at]
		} else {
			given[i] = none(y)
		}
	}
	return given
}

// GivenForms are Forms, of the nodes of the graph that was given.
func (p *Plan) GivenForms() []Form {
	if !p.Integer {
		return nil
	}
	return ofGiven(p, p.Forms, func(graph.ValueID) Form { return Form{} })
}

// InByte reports whether the numbers of p are integers of one byte times a scale, rounded to even.
func InByte(p scheme.QParams) bool { return p.Grid == scheme.Integers && p.QMax-p.QMin < 256 }

// SameCodes reports whether two values are stored as codes of the same meaning.
func SameCodes(a, b *Quant) bool {
	if a == nil || b == nil {
		return false
	}
	p, q := a.Params, b.Params
	return p.Scale[0] == q.Scale[0] && p.ZeroPoint[0] == q.ZeroPoint[0] && p.QMin == q.QMin && p.QMax == q.QMax
}

// Codes gives for every value the quantizer by which an integer run of g stores it as codes, nil where it
// stores floats. Besides quantized values those have one that only move into a quantized value.
func Codes(g *graph.Graph, operators Operators) []*Quant {
	p := newPlan(g, Config{Integer: true}, operators)
	if bare(p) == nil {
		_ = chooseCodes(p) // neither of them fails for a graph that runs
	}
	return p.Codes
}

// chooseCodes decides which values are stored as codes in an integer run: activations with one scale and at
// most 8 bits, and the values that an operator which runs on codes only moves into one (a part of a concatenation,
// what a pool picks from): rounding before or after such an operator is the same.
func chooseCodes(p *Plan) error {
	g := p.Graph
	p.Codes = make([]*Quant, len(g.Values))
	if !p.Integer && !p.RoundBias {
		return nil
	}
	for v, quants := range p.Quants {
		for _, q := range quants {
			if g.Values[v].Const == nil && len(q.Params.Scale) == 1 && InByte(q.Params) {
				p.Codes[v] = q
			}
		}
	}
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		n := g.Nodes[i]
		q := p.commonCodes(n.Outputs)
		if q == nil || p.operators(n.Op).Integers != Move {
			continue
		}
		for _, v := range n.Inputs {
			if v == graph.None || g.Values[v].Const != nil || len(p.Quants[v]) > 0 {
				continue
			}
			if _, ok := p.only(v); ok {
				p.Codes[v] = q
			}
		}
	}
	return nil
}

// commonCodes is the quantizer by whose codes all of values are stored, nil if they have none in common.
func (p *Plan) commonCodes(values []graph.ValueID) *Quant {
	var q *Quant
	for _, v := range values {
		switch {
		case v == graph.None:
		case q != nil && !SameCodes(p.Codes[v], q), p.Codes[v] == nil:
			return nil
		default:
			q = p.Codes[v]
		}
	}
	return q
}

// ByChannel are the quantizers of v that run after it is made, channel by channel: from its first with several scales on.
// Weights that are computed while running have such; constants are quantized before they are packed, and codes as they are made.
func (p *Plan) ByChannel(v graph.ValueID) []*Quant {
	x := p.Graph.Values[v]
	first := slices.IndexFunc(p.Quants[v], func(q *Quant) bool { return len(q.Params.Scale) > 1 })
	if first < 0 || x.Const != nil || p.Codes[v] != nil || graph.Len(x.Shape) == 0 {
		return nil
	}
	return p.Quants[v][first:]
}

// checkQuants refuses quantizers of values that are computed while running and that no kernel has.
func checkQuants(p *Plan) error {
	for v, x := range p.Graph.Values {
		if x.Const != nil {
			continue
		}
		for _, q := range p.Quants[v] {
			if q.Params.Grid.Table() != nil {
				return fmt.Errorf("tensor %q is computed while running, and its quantizer's numbers are those of a list (%s): such quantizers stand on weights only", x.Name, q.Params.Grid)
			}
		}
		for _, q := range p.ByChannel(graph.ValueID(v)) {
			switch several := len(q.Params.Scale) > 1; {
			case several && q.Params.Block > 0:
				return fmt.Errorf("tensor %q is computed while running and has a quantizer with blocks: give it one scale for each channel", x.Name)
			case several && q.Params.Grid == scheme.Log2:
				return fmt.Errorf("tensor %q is computed while running and has a logarithmic quantizer for each channel: give it one for all", x.Name)
			}
		}
	}
	return nil
}
