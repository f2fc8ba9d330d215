package lower

import (
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// Truth values are the floats 0 and 1, and integers are floats without a fraction.

// swapped runs an operator of two operands with the second first.
func swapped(kernel call.ID) emitter {
	return func(l *lowerer, s *plan.Step, _ graph.Op) {
		shape := l.lay(s.Out()).Shape
		l.binary(s.Out(), kernel, l.broadcast(s.Inputs[1], shape), l.broadcast(s.Inputs[0], shape), l.epilogue(s))
	}
}

// unequal runs Xor: truth values that are not equal.
func unequal(l *lowerer, s *plan.Step, _ graph.Op) {
	shape := l.lay(s.Out()).Shape
	epilogue := append([]call.EpilogueOp{f32.Within(-0.5, 0.5)}, l.epilogue(s)...)
	l.binary(s.Out(), call.F32Equal, l.broadcast(s.Inputs[0], shape), l.broadcast(s.Inputs[1], shape), epilogue)
}

// choose runs Where: what is taken of either operand has zeros in the other's place.
func choose(l *lowerer, s *plan.Step, _ graph.Op) {
	y := s.Out()
	lay := l.lay(y)
	if graph.Len(lay.Shape) == 0 {
		return
	}
	condition := l.broadcast(s.Inputs[0], lay.Shape)
	dense, size := plan.NewLayout(-1, lay.Shape, lay.Order, plan.Halo{}, elem)
	other := operand{l.temp(size), dense.Stride}
	l.elements(call.F32Drop, other, l.broadcast(s.Inputs[2], lay.Shape), condition, lay.Shape)
	l.binary(y, call.F32Keep, l.broadcast(s.Inputs[1], lay.Shape), condition, nil)
	l.binary(y, call.F32Either, l.of(y), other, l.epilogue(s))
}
