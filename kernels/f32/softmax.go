package f32

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/walk"
)

// Softmax is e^(x-max) over its sum along the dimension Axis, which must be contiguous in X and Y;
// see ref.Softmax. X may be Y.
type Softmax struct {
	X, Y               uint32
	Shape              []int             // at most 6 dimensions besides Axis that do not merge
	XStrides, YStrides []int             // bytes
	Axis               int               // index of Shape
	Epilogue           []call.EpilogueOp // over rows along Axis, which must be the channels
}

// Call is the kernel call. Its units are the rows.
func (s Softmax) Call() call.Call {
	if n := s.Shape[s.Axis]; n != 1 && (s.XStrides[s.Axis] != 4 || s.YStrides[s.Axis] != 4) {
		panic("f32: softmax along a dimension that is not contiguous")
	}
	without := func(x []int) []int { return append(append([]int{}, x[:s.Axis]...), x[s.Axis+1:]...) }
	w := walk.New(without(s.Shape), without(s.YStrides), without(s.XStrides))
	args := append(w.Words(s.Y, s.X), kernel.Words(softmaxArgs[uint32]{N: uint32(s.Shape[s.Axis])})...)
	return call.Call{Kernel: call.F32Softmax, Units: w.Units(), Args: args, Epilogue: s.Epilogue}
}

// softmaxArgs are the arguments of the kernel behind its walk.
type softmaxArgs[W any] struct {
	N        W // floats of a row
	Epilogue kernel.Tail
}

// EmitSoftmax emits f32_softmax: maximum, exponentials, their sum, quotients, each in a pass.
func EmitSoftmax(env kernel.Env) *asm.Func {
	f := env.M.Func("f32_softmax", kernel.Signature())
	args, from, to, thread := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	y, x, p, q, n := f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	e, top, sum := newExpLocals(f), f.F32x4(), f.F32x4()
	arg := kernel.Fields[softmaxArgs[kernel.Field]](args.I32, walk.Bytes2)
	pass := func(body func(l lanes, offset uint32)) {
		p.Set(y.I32)
		q.Set(x.I32)
		n.Set(arg.N.I32())
		emitStrip(f, n, []asm.I32Var{p, q}, 1, body)
	}
	walk.Emit(f, args, from, to, []asm.I32Var{y, x}, func(asm.I32) {
		q.Set(x.I32)
		n.Set(arg.N.I32())
		emitFold(f, reduceOp{start: float32(math.Inf(-1)), add: asm.F32x4.Max}, top, q, n)
		pass(func(l lanes, offset uint32) {
			l.store(f, p.I32, offset, e.expNeg(l.load(q.I32, offset).Sub(top.F32x4)))
		})
		p.Set(y.I32)
		n.Set(arg.N.I32())
		emitFold(f, reduceOp{add: asm.F32x4.Add}, sum, p, n)
		pass(func(l lanes, offset uint32) {
			l.store(f, p.I32, offset, l.load(p.I32, offset).Div(sum.F32x4))
		})
		env.Epilogue(f, arg.Epilogue.Address(), y.I32, arg.N.I32(), thread.I32)
	})
	return f
}
