package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/walk"
)

// Fill sets 32-bit elements to a value: padding, halos. Dimensions come in any order.
type Fill struct {
	Y        uint32
	Shape    []int
	YStrides []int  // bytes, as many as Shape
	Value    uint32 // the bits
}

// Call is the kernel call. Its units are rows.
func (c Fill) Call() call.Call {
	w := walk.New(c.Shape, c.YStrides)
	n, strides := w.Inner(contiguous)
	piece := split(&w, n, 1, false, strides)
	args := append(w.Words(c.Y), kernel.Words(fillArgs[uint32]{Pieces: piece, Value: c.Value})...)
	return call.Call{Kernel: call.X32Fill, Units: w.Units(), Args: args}
}

// fillArgs are the arguments of the kernel behind its walk.
type fillArgs[W any] struct {
	kernel.Pieces[W]
	Value W
}

// EmitFill emits x32_fill.
func EmitFill(env kernel.Env) *asm.Func {
	f := env.M.Func("x32_fill", kernel.Signature())
	args, from, to := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2)
	y, i, n, value := f.I32(), f.I32(), f.I32(), f.F32x4()
	arg := kernel.Fields[fillArgs[kernel.Field]](args.I32, walk.Bytes1)
	value.Set(arg.Value.F32x4())
	walk.Emit(f, args, from, to, []asm.I32Var{y}, func(inner asm.I32) {
		kernel.EmitPiece(f, n, arg.Pieces, inner)
		i.Set(y.I32)
		emitStrip(f, n, []asm.I32Var{i}, 4, func(l lanes, offset uint32) {
			l.store(f, i.I32, offset, value.F32x4)
		})
	})
	return f
}
