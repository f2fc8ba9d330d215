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
		if k.Node >= 0 && !k.Needless {
			epilogue = append(epilogue, l.epilogueOp(l.g.Nodes[k.Node]))
		}
		if k.Table > 0 {
			epilogue = append(append(epilogue, l.observer(k.Value)...), l.levelTable(k.Value, s.Chain[i+1:][:k.Table]))
			i += k.Table
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

// levelTable is the epilogue function that stands for the quantizer of v and the links behind it.
func (l *lowerer) levelTable(v graph.ValueID, links []plan.Link) call.EpilogueOp {
	q := l.plan.Levels(v)
	p := q.Params
	table := l.constant(int(p.QMax-p.QMin)+1, func(dst []float32) {
		for i := range dst {
			dst[i] = (float32(int(p.QMin)+i) - float32(p.ZeroPoint[0])) * p.Scale[0]
		}
		for _, k := range links {
			l.through(dst, k)
		}
	})
	zero, lo, hi := float32(p.ZeroPoint[0]), float32(p.QMin), float32(p.QMax)
	if q.Rule == scheme.ONNX {
		return f32.LookupDiv(p.Scale[0], zero, lo, hi, table)
	}
	return f32.Lookup(p.Scale[0], zero, lo, hi, table)
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
	f := twin(l.plan.FunctionOf(k))
	if k.Gate < 0 {
		f(x)
	} else {
		g := slices.Clone(x)
		f(g)
		l.plan.FakeQuantize(g, l.g.Nodes[k.Gate].Outputs[0])
		for i := range x {
			x[i] *= g[i]
		}
	}
	l.plan.FakeQuantize(x, k.Value)
}
