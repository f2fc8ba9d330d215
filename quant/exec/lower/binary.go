package lower

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// arithmetic runs an operator of two operands that broadcast.
func arithmetic(kernel call.ID) emitter {
	return func(l *lowerer, s *plan.Step, _ graph.Op) {
		shape := l.lay(s.Out()).Shape
		l.binary(s.Out(), kernel, l.broadcast(s.Inputs[0], shape), l.broadcast(s.Inputs[1], shape), l.epilogue(s))
	}
}

// binary makes y of a and b.
func (l *lowerer) binary(y graph.ValueID, op call.ID, a, b operand, epilogue []call.EpilogueOp) {
	lay := l.lay(y)
	if graph.Len(lay.Shape) == 0 {
		return
	}
	c := f32.Binary{
		Op: op, A: a.at, B: b.at, Y: l.at(y), Shape: lay.Shape,
		AStrides: a.strides, BStrides: b.strides, YStrides: lay.Stride,
		Lo: unbounded[0], Hi: unbounded[1], C: channels(lay),
	}
	c.Epilogue = l.inlineClamp(&c.Lo, &c.Hi, epilogue)
	l.emit(c.Call())
}

// elements makes a tensor of two, element by element.
func (l *lowerer) elements(op call.ID, to, a, b operand, shape []int, epilogue ...call.EpilogueOp) {
	l.emit(f32.Binary{
		Op: op, A: a.at, B: b.at, Y: to.at, Shape: shape, AStrides: a.strides, BStrides: b.strides, YStrides: to.strides,
		Lo: unbounded[0], Hi: unbounded[1], C: 1, Epilogue: epilogue,
	}.Call())
}

// channels is the length of the innermost dimension in storage order where that is the channels, by
// which an epilogue with a parameter for each channel counts; else 1.
func channels(lay plan.Layout) int {
	if lay.ChannelsInner() {
		return lay.Shape[1]
	}
	return 1
}

// pow runs a power; a square, which most of them are, as a product.
func pow(l *lowerer, s *plan.Step, op graph.Pow) {
	e := l.g.Values[s.Inputs[1]].Const
	square := e != nil && len(e.F) > 0 && !slices.ContainsFunc(e.F, func(v float32) bool { return v != 2 })
	if !square {
		arithmetic(call.F32Pow)(l, s, op)
		return
	}
	base := l.broadcast(s.Inputs[0], l.lay(s.Out()).Shape)
	l.binary(s.Out(), call.F32Mul, base, base, l.epilogue(s))
}

// integerBinary runs Add or Mul of two values stored as codes.
func integerBinary(l *lowerer, s *plan.Step, op graph.Op) {
	y := s.Out()
	r := l.coded(s)
	shape := l.lay(y).Shape
	operand := func(v graph.ValueID) q8.Operand {
		p := l.params(v)
		return q8.Operand{Addr: l.at(v), Strides: l.strides(v, shape), Scale: p.Scale, Zero: p.Zero}
	}
	c := q8.Binary{
		Signed: l.cfg.Dot.Signed(), Shape: shape, A: operand(s.Inputs[0]), B: operand(s.Inputs[1]), Lo: r.lo, Hi: r.hi,
		Y: q8.Operand{Addr: l.at(y), Strides: l.lay(y).Stride, Scale: r.q.Params.Scale[0], Zero: r.zero},
	}
	if _, ok := op.(graph.Mul); ok {
		l.emit(q8.Mul{Binary: c}.Call())
	} else {
		l.emit(q8.Add{Binary: c}.Call())
	}
	l.translate(s, r.table)
}
