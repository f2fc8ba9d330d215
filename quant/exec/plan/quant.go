package plan

import (
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Quant puts a fake-quantizer on a value: every reader sees the quantized tensor. On a constant, the
// weights are fake-quantized before they are packed (and before a BatchNormalization is folded in).
type Quant struct {
	Value  graph.ValueID
	Params scheme.QParams
	Rule   scheme.Rule
	Codes  []int8 // of a constant whose floats are already those of its codes: graph.Tensor.Codes
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
func Codes(g *graph.Graph, quants []Quant) []*Quant {
	p := newPlan(g, Config{Quant: quants, Integer: true}, nil)
	_ = chooseCodes(p)
	return p.Codes
}

// chooseCodes decides which values are stored as codes in an integer run: activations with one scale and at
// most 8 bits, and the values that only move into one (a part of a concatenation, what a pool picks from):
// rounding before or after such an operator is the same.
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
		if len(n.Outputs) != 1 || p.Codes[n.Outputs[0]] == nil || !selects(n.Op) {
			continue
		}
		for _, v := range n.Inputs {
			if v == graph.None || g.Values[v].Const != nil || len(p.Quants[v]) > 0 {
				continue
			}
			if _, ok := p.only(v); ok {
				p.Codes[v] = p.Codes[n.Outputs[0]]
			}
		}
	}
	return nil
}

// selects reports whether every output element is one of the input elements, chosen by position or as
// the greatest.
func selects(op graph.Op) bool {
	switch op.(type) {
	case graph.Concat, graph.MaxPool, graph.Reshape, graph.Transpose, graph.Slice:
		return true
	}
	return false
}
