package lower

import (
	"math"
	"slices"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/ref"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// epilogue is the functions to run over the values of s as they are made: each absorbed node, with the
// observer and the fake-quantizer of each value on the way. What the step stores as codes is quantized at
// its end.
func (l *lowerer) epilogue(s *plan.Step) []call.EpilogueOp {
	var epilogue []call.EpilogueOp
	if s.Coded >= 0 {
		return nil
	}
	for i := 0; i < len(s.Chain); i++ {
		k := s.Chain[i]
		if i == len(s.Chain)-1 && l.plan.Codes[k.Value] != nil {
			if k.Node >= 0 {
				epilogue = append(epilogue, l.epilogueOp(l.g.Nodes[k.Node]))
			}
			return append(epilogue, l.observer(k.Value)...)
		}
		if k.Node >= 0 && !l.limits(k) {
			epilogue = append(epilogue, l.epilogueOp(l.g.Nodes[k.Node]))
		}
		if lookup, n := l.levelTable(s, i); lookup != nil {
			epilogue = append(append(epilogue, l.observer(k.Value)...), *lookup)
			i += n
			continue
		}
		epilogue = append(epilogue, l.quantizers(k.Value)...)
	}
	return epilogue
}

// epilogueOp is the function of a node that may run in place.
func (l *lowerer) epilogueOp(n graph.Node) call.EpilogueOp {
	return l.operators[n.Op.Type()].epilogue(l, n)
}

// observer finds the range of v, if that is asked for.
func (l *lowerer) observer(v graph.ValueID) []call.EpilogueOp {
	if !l.plan.Observed(v) {
		return nil
	}
	if _, ok := l.ranges[v]; !ok {
		l.ranges[v] = l.constant(rangeLen*l.cfg.Threads, func([]float32) {})
	}
	return []call.EpilogueOp{f32.MinMax(l.ranges[v])}
}

// quantizersOf are those of output i of a node of several, but for what is stored as codes at the step's end.
func (l *lowerer) quantizersOf(s *plan.Step, i int) []call.EpilogueOp {
	v := l.g.Nodes[s.Node].Outputs[i]
	if l.plan.Codes[v] != nil {
		return l.observer(v)
	}
	return l.quantizers(v)
}

// quantizers are the observer of one value and its fake-quantizers, up to one with several scales.
func (l *lowerer) quantizers(v graph.ValueID) []call.EpilogueOp {
	epilogue := l.observer(v)
	for _, q := range l.plan.Quants[v] {
		if len(q.Params.Scale) > 1 { // byChannel goes on
			break
		}
		epilogue = append(epilogue, fakeQuant(q))
	}
	return epilogue
}

func fakeQuant(q *plan.Quant) call.EpilogueOp {
	p := q.Params
	lo, hi := float32(p.QMin), float32(p.QMax)
	most, normal, mantissa, float := p.Grid.Float()
	switch {
	case p.Grid == scheme.HalfUp:
		return f32.FakeQuantHalfUp(p.Scale[0], lo, hi)
	case p.Grid == scheme.Log2:
		values, limits := scheme.LogTable()
		positive, negative := scheme.LogLimits(p.ZeroPoint[0])
		return f32.FakeQuantLog2(values, limits, f32.LogBounds(positive), f32.LogBounds(negative))
	case float:
		return f32.FakeQuantFloat8(p.Scale[0], most, normal, mantissa)
	}
	if q.Rule == scheme.ONNX {
		return f32.FakeQuantDiv(p.Scale[0], float32(p.ZeroPoint[0]), lo, hi)
	}
	return f32.FakeQuant(p.Scale[0], float32(p.ZeroPoint[0]), lo, hi)
}

// inlineClamp takes a leading clamp off an epilogue for a kernel that clamps by itself.
func (l *lowerer) inlineClamp(lo, hi *float32, epilogue []call.EpilogueOp) []call.EpilogueOp {
	if len(epilogue) > 0 && epilogue[0].Fn == call.F32VClamp {
		*lo, *hi = math.Float32frombits(epilogue[0].Words[0]), math.Float32frombits(epilogue[0].Words[1])
		return epilogue[1:]
	}
	return epilogue
}

// unbounded is the clamp that changes nothing.
var unbounded = [2]float32{float32(math.Inf(-1)), float32(math.Inf(1))}

// mapInPlace runs an epilogue over v.
func (l *lowerer) mapInPlace(v graph.ValueID, epilogue []call.EpilogueOp) {
	if len(epilogue) > 0 {
		l.mapTo(v, l.of(v), epilogue)
	}
}

// mapTo makes v of the elements of x by an epilogue.
func (l *lowerer) mapTo(v graph.ValueID, x operand, epilogue []call.EpilogueOp) {
	lay := l.lay(v)
	if graph.Len(lay.Shape) == 0 {
		return
	}
	l.emit(f32.Map{X: x.at, Y: l.at(v), Shape: lay.Shape, XStrides: x.strides, YStrides: lay.Stride, C: channels(lay), Epilogue: epilogue}.Call())
}

// pointwise runs an element-wise node that had nothing to be fused to.
func (l *lowerer) pointwise(s *plan.Step, n graph.Node) {
	l.mapTo(s.Out(), l.of(s.Inputs[0]), append([]call.EpilogueOp{l.epilogueOp(n)}, l.epilogue(s)...))
}

// In a run on floats a value that is fake-quantized has at most 256 levels, so that whatever follows it
// element by element is a table of as many floats: a SiLU costs no more than finding the code, nor does
// one that the file splits into Sigmoid and Mul with quantizers between them. The table is made by the
// scalar twins of the kernels it stands for, to the same bits.

// levelTable is the epilogue function that stands for the quantizer of the value of link i and all of the next n links,
// nil if that would be no faster.
func (l *lowerer) levelTable(s *plan.Step, i int) (lookup *call.EpilogueOp, n int) {
	q := l.plan.Levels(s.Chain[i].Value)
	if q == nil {
		return nil, 0
	}
	links := s.Chain[i+1:]
	if n := len(links); n > 0 && l.plan.Codes[s.End()] != nil {
		links = links[:n-1]
	}
	pays := false
	for _, k := range links {
		op := l.functionOf(k)
		if twin(op) == nil || l.plan.Observed(k.Value) || !l.plan.OneScale(k.Value) {
			break
		}
		pays = pays || k.Gate >= 0 || !l.operators[op.Type()].quick
		n++
	}
	if !pays {
		return nil, 0
	}
	p := q.Params
	table := l.constant(int(p.QMax-p.QMin)+1, func(dst []float32) {
		for i := range dst {
			dst[i] = (float32(int(p.QMin)+i) - float32(p.ZeroPoint[0])) * p.Scale[0]
		}
		for _, k := range links[:n] {
			l.through(dst, k)
		}
	})
	zero, lo, hi := float32(p.ZeroPoint[0]), float32(p.QMin), float32(p.QMax)
	made := f32.Lookup(p.Scale[0], zero, lo, hi, table)
	if q.Rule == scheme.ONNX {
		made = f32.LookupDiv(p.Scale[0], zero, lo, hi, table)
	}
	return &made, n
}

// limits reports whether the quantizer of link k's value limits it no less than k's operator does, so
// that this need not run: quantizing keeps the order of numbers, and takes the operator's bounds to its
// own ends.
func (l *lowerer) limits(k plan.Link) bool {
	op, ok := l.g.Nodes[k.Node].Op.(graph.Clamper)
	if !ok || l.plan.Levels(k.Value) == nil || l.plan.Observed(k.Value) {
		return false
	}
	least, most := op.Bounds()
	bounds, ends := []float32{least, most}, slices.Clone(unbounded[:])
	l.fakeQuantize(bounds, k.Value)
	l.fakeQuantize(ends, k.Value)
	return slices.Equal(bounds, ends)
}

// functionOf is the operator of a link, for a gate that of the gate.
func (l *lowerer) functionOf(k plan.Link) graph.Op {
	if k.Gate >= 0 {
		return l.g.Nodes[k.Gate].Op
	}
	return l.g.Nodes[k.Node].Op
}

// twin is the scalar twin of a function of single numbers, nil for other operators.
func twin(op graph.Op) ref.EpilogueOp {
	if f, ok := op.(graph.Elementwise); ok {
		return f.Twin()
	}
	return nil
}

// through is what link k makes of x, in place.
func (l *lowerer) through(x []float32, k plan.Link) {
	f := twin(l.functionOf(k))
	if k.Gate < 0 {
		f(x)
	} else {
		g := slices.Clone(x)
		f(g)
		l.fakeQuantize(g, l.g.Nodes[k.Gate].Outputs[0])
		for i := range x {
			x[i] *= g[i]
		}
	}
	l.fakeQuantize(x, k.Value)
}

// fakeQuantize fake-quantizes x as the value v is.
func (l *lowerer) fakeQuantize(x []float32, v graph.ValueID) {
	for _, q := range l.plan.Quants[v] {
		p := q.Params
		p.Axis = -1
		p.FakeQuantize(x, x, []int{len(x)}, q.Rule)
	}
}
