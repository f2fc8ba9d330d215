package lower

import (
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// Operators that only move elements emit the same copies for floats and for codes: of as many bytes as an
// element of the step's output has.

// copy emits a strided copy of elements of the output of the step being lowered; strides in bytes.
func (l *lowerer) copy(dst uint32, dstStrides []int, src uint32, srcStrides []int, shape []int) {
	switch {
	case graph.Len(shape) == 0:
	case l.plan.Steps[l.step].Integer:
		l.emit(q8.Copy{X: src, Y: dst, Shape: shape, XStrides: srcStrides, YStrides: dstStrides}.Call())
	default:
		l.emit(f32.Copy{X: src, Y: dst, Shape: shape, XStrides: srcStrides, YStrides: dstStrides}.Call())
	}
}

// move copies to v from where strides say.
func (l *lowerer) move(v graph.ValueID, from uint32, strides []int) {
	l.copy(l.at(v), l.lay(v).Stride, from, strides, l.lay(v).Shape)
}

// carry copies elements of x, from address src on, to those of y; codes that mean another thing there are
// translated.
func (l *lowerer) carry(y graph.ValueID, dst uint32, dstStrides []int, x graph.ValueID, src uint32, shape []int) {
	from, to := l.plan.Codes[x], l.plan.Codes[y]
	if !l.plan.Steps[l.step].Integer || plan.SameCodes(from, to) {
		l.copy(dst, dstStrides, src, l.lay(x).Stride, shape)
		return
	}
	c := l.recode(from, to)
	c.X, c.Y, c.Shape, c.XStrides, c.YStrides = src, dst, shape, l.lay(x).Stride, dstStrides
	l.emit(c.Call())
}

// moved is the emitter of f for codes: those of the input, translated where the output's mean another
// thing.
func moved[T graph.Op](f func(l *lowerer, s *plan.Step, op T)) emitter {
	return func(l *lowerer, s *plan.Step, op graph.Op) {
		f(l, s, op.(T))
		l.moved(s)
	}
}

// moved translates what a step on codes has moved.
func (l *lowerer) moved(s *plan.Step) {
	from, to := l.plan.Codes[s.Inputs[0]], l.plan.Codes[s.Out()]
	if plan.SameCodes(from, to) {
		return
	}
	c, y := l.recode(from, to), l.lay(s.Out())
	c.X, c.Y, c.Shape, c.XStrides, c.YStrides = l.at(s.Out()), l.at(s.Out()), y.Shape, y.Stride, y.Stride
	l.emit(c.Call())
}

// ordered is the address of v in ONNX order: its own, or a copy.
func (l *lowerer) ordered(v graph.ValueID) uint32 {
	lay := l.lay(v)
	if lay.Ordered() {
		return l.at(v)
	}
	to := l.temp(lay.Width * graph.Len(lay.Shape))
	l.copy(to, plan.StridesOf(lay.Shape, lay.Width), l.at(v), lay.Stride, lay.Shape)
	return to
}

// orderedOut is where to make v in ONNX order; store then moves it to where v lies.
func (l *lowerer) orderedOut(v graph.ValueID) uint32 {
	if l.lay(v).Ordered() {
		return l.at(v)
	}
	lay := l.lay(v)
	return l.temp(lay.Width * graph.Len(lay.Shape))
}

func (l *lowerer) store(v graph.ValueID, from uint32) {
	if !l.lay(v).Ordered() {
		l.move(v, from, plan.StridesOf(l.lay(v).Shape, l.lay(v).Width))
	}
}

func reshape(l *lowerer, s *plan.Step, _ graph.Reshape) {
	in, out := s.Inputs[0], s.Out()
	src, dst := l.lay(in), l.lay(out)
	if dst.Ordered() && !src.Ordered() {
		l.copy(l.at(out), plan.StridesOf(src.Shape, src.Width), l.at(in), src.Stride, src.Shape)
	} else {
		l.move(out, l.ordered(in), plan.StridesOf(dst.Shape, dst.Width))
	}
	l.mapInPlace(out, l.epilogue(s))
}

func transpose(l *lowerer, s *plan.Step, op graph.Transpose) {
	src := l.lay(s.Inputs[0])
	strides := make([]int, len(op.Perm))
	for i, p := range op.Perm {
		strides[i] = src.Stride[p]
	}
	l.move(s.Out(), l.at(s.Inputs[0]), strides)
	l.mapInPlace(s.Out(), l.epilogue(s))
}

func slice(l *lowerer, s *plan.Step, op graph.Slice) {
	src := l.lay(s.Inputs[0])
	at, strides := l.at(s.Inputs[0]), make([]int, len(op.Steps))
	for a := range strides {
		at += uint32(op.Starts[a] * src.Stride[a])
		strides[a] = op.Steps[a] * src.Stride[a]
	}
	l.move(s.Out(), at, strides)
	l.mapInPlace(s.Out(), l.epilogue(s))
}

// expand repeats what has no extent along an axis.
func expand(l *lowerer, s *plan.Step, _ graph.Expand) {
	l.move(s.Out(), l.at(s.Inputs[0]), l.strides(s.Inputs[0], l.lay(s.Out()).Shape))
	l.mapInPlace(s.Out(), l.epilogue(s))
}
