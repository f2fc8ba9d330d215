package exec

import (
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// In an integer run a quantized value is stored as its codes, one byte each, and operators that have an
// integer kernel work on them (spec §8). An operator that has none gets a float shadow: its inputs are
// dequantized into scratch memory, its output is computed there in float and quantized afterwards. That
// is the fake-quantized arithmetic, so a network may mix both.

// codes gives the quantizer of every value that is stored as codes, nil for the others: activations with
// one scale and at most 8 bits, and the values that only move into one (a part of a concatenation, what
// a pool picks from): rounding before or after such an operator is the same.
func codes(g *graph.Graph, c Config) []*Quant {
	of := make([]*Quant, len(g.Values))
	if !c.Integer {
		return of
	}
	own := make([]bool, len(g.Values))
	for i := range c.Quant {
		q := &c.Quant[i]
		own[q.Value] = true
		if g.Values[q.Value].Const == nil && len(q.Params.Scale) == 1 && inByte(q.Params) {
			of[q.Value] = q
		}
	}
	for _, v := range c.Observe {
		own[v] = true
	}
	for _, v := range c.Keep {
		own[v] = true
	}
	for _, v := range g.Outputs {
		own[v] = true
	}
	consumers := g.Consumers()
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		n := g.Nodes[i]
		if len(n.Outputs) != 1 || of[n.Outputs[0]] == nil || !selects(n.Op) {
			continue
		}
		for _, v := range n.Inputs {
			if v != graph.None && !own[v] && g.Values[v].Const == nil && len(consumers[v]) == 1 {
				of[v] = of[n.Outputs[0]]
			}
		}
	}
	return of
}

// inByte reports whether the numbers of p are integers of one byte times a scale, rounded to even.
func inByte(p scheme.QParams) bool { return p.Grid == scheme.Integers && p.QMax-p.QMin < 256 }

// selects reports whether every output element is one of the input elements, chosen by position or as
// the greatest.
func selects(op graph.Op) bool {
	switch op.(type) {
	case graph.Concat, graph.MaxPool, graph.Reshape, graph.Transpose, graph.Slice:
		return true
	}
	return false
}

// sameCodes reports whether two values are stored as codes of the same meaning.
func sameCodes(a, b *Quant) bool {
	if a == nil || b == nil {
		return false
	}
	p, q := a.Params, b.Params
	return p.Scale[0] == q.Scale[0] && p.ZeroPoint[0] == q.ZeroPoint[0] && p.QMin == q.QMin && p.QMax == q.QMax
}

// shadow is the float form of a value, for one step.
type shadow struct {
	layout layout
	at     uint32
}

// floatStep runs a step on floats: what is stored as codes is dequantized before and quantized after.
func (l *lowerer) floatStep(s *step) error {
	l.shadows = map[graph.ValueID]shadow{}
	defer func() { l.shadows = nil }()
	if s.node >= 0 {
		for _, v := range l.g.Nodes[s.node].Inputs {
			if v != graph.None && l.plan.codes[v] != nil {
				l.decode(v)
			}
		}
	}
	outs := l.outputs(s)
	for _, v := range outs {
		if l.plan.codes[v] != nil {
			l.cast(v, halo{})
		}
	}
	if err := l.operator(s); err != nil {
		return err
	}
	for _, v := range outs {
		if l.plan.codes[v] != nil {
			l.encode(v)
		} else {
			l.clearHalo(v)
		}
	}
	return nil
}

// cast makes room for the float shadow of v.
func (l *lowerer) cast(v graph.ValueID, h halo) shadow {
	lay, size := newLayout(-1, l.g.Values[v].Shape, h, elem)
	s := shadow{lay, l.temp(size) + uint32(lay.off)}
	l.shadows[v] = s
	return s
}

// decode makes the float shadow of v, with the halo that v has.
func (l *lowerer) decode(v graph.ValueID) {
	if _, ok := l.shadows[v]; ok {
		return
	}
	from, at, q := l.plan.layouts[v], l.at(v), l.plan.codes[v].Params
	s := l.cast(v, from.halo)
	zero, _, _ := stored(q, l.cfg.Dot)
	l.emit(q8.Dequantize{Signed: l.cfg.Dot.Signed(), C: 1, X: at, Y: s.at, Shape: from.shape, XStrides: from.stride, YStrides: s.layout.stride,
		Scale: q.Scale[0], Zero: zero}.Call())
	l.clearHalo(v)
}

// encode stores the float shadow of v as codes.
func (l *lowerer) encode(v graph.ValueID) {
	s := l.shadows[v]
	delete(l.shadows, v)
	to, q := l.plan.layouts[v], l.plan.codes[v]
	zero, lo, hi := stored(q.Params, l.cfg.Dot)
	l.emit(q8.Quantize{Signed: l.cfg.Dot.Signed(), X: s.at, Y: l.at(v), Shape: to.shape, XStrides: s.layout.stride, YStrides: to.stride,
		Scale: q.Params.Scale[0], Zero: zero, Lo: lo, Hi: hi, Div: q.Rule == scheme.ONNX}.Call())
	l.clearHalo(v)
}
