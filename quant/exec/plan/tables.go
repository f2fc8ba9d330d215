package plan

import (
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// In a run on floats a value that is fake-quantized has at most 256 levels, so that whatever follows it
// element by element is a table of as many floats: a SiLU costs no more than finding the code, nor does
// one that the file splits into Sigmoid and Mul with quantizers between them. The table is made by the
// scalar twins of the kernels it stands for, to the same bits.

// chooseTables says which links of a chain of floats are a table of the levels of one, and which need not run.
func chooseTables(p *Plan) error {
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Coded >= 0 {
			continue
		}
		links := s.Chain
		if p.Codes[s.End()] != nil { // what the last makes is quantized as it is stored
			links = links[:len(links)-1]
		}
		for k := 0; k < len(links); k++ {
			links[k].Needless = links[k].Node >= 0 && p.limits(links[k])
			links[k].Table = p.tabled(links[k:])
			k += links[k].Table
		}
	}
	return nil
}

// tabled counts the links behind the first that are a table of its levels: 0 if that would be no faster.
func (p *Plan) tabled(links []Link) int {
	if p.Levels(links[0].Value) == nil {
		return 0
	}
	n, pays := 0, false
	for _, k := range links[1:] {
		op := p.FunctionOf(k)
		if _, ok := op.(graph.Elementwise); !ok || p.Observed(k.Value) || !p.OneScale(k.Value) {
			break
		}
		pays = pays || k.Gate >= 0 || !p.operators(op).Quick
		n++
	}
	if !pays {
		return 0
	}
	return n
}

// limits reports whether the quantizer of link k's value limits it no less than k's operator does, so
// that this need not run: quantizing keeps the order of numbers, and takes the operator's bounds to its
// own ends.
func (p *Plan) limits(k Link) bool {
	op, ok := p.Graph.Nodes[k.Node].Op.(graph.Clamper)
	if !ok || p.Levels(k.Value) == nil || p.Observed(k.Value) {
		return false
	}
	least, most := op.Bounds()
	bounds, ends := []float32{least, most}, []float32{float32(math.Inf(-1)), float32(math.Inf(1))}
	p.FakeQuantize(bounds, k.Value)
	p.FakeQuantize(ends, k.Value)
	return slices.Equal(bounds, ends)
}

// FunctionOf is the operator of a link, for a gate that of the gate.
func (p *Plan) FunctionOf(k Link) graph.Op {
	if k.Gate >= 0 {
		return p.Graph.Nodes[k.Gate].Op
	}
	return p.Graph.Nodes[k.Node].Op
}

// FakeQuantize fake-quantizes x, in place, as the value v is, whose quantizers have one scale.
func (p *Plan) FakeQuantize(x []float32, v graph.ValueID) {
	for _, q := range p.Quants[v] {
		params := q.Params
		params.Axis = -1
		params.FakeQuantize(x, x, []int{len(x)}, q.Rule)
	}
}
