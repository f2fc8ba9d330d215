package q8

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/walk"
)

// Fill sets bytes to a value: halos. Dimensions come in any order, at most 5 that do not merge.
type Fill struct {
	Y        uint32
	Shape    []int
	YStrides []int // bytes, as many as Shape
	Value    byte  // as it is stored
}

// fillArgs are the arguments of the kernel behind its walk; Value is four times the byte.
type fillArgs[W any] struct {
	kernel.Pieces[W]
	Step  [1]W
	Value W
}

// Call is the kernel call. Its units are pieces of rows.
func (c Fill) Call() call.Call {
	w := walk.New(c.Shape, c.YStrides)
	n, strides := w.Inner(func([]int) bool { return true })
	pieces := kernel.Split(&w, n, pieceBytes, strides)
	args := append(w.Words(c.Y), kernel.Words(fillArgs[uint32]{Pieces: pieces, Step: [1]uint32{uint32(strides[0])}, Value: uint32(c.Value) * 0x01010101})...)
	return call.Call{Kernel: call.X8Fill, Units: w.Units(), Args: args}
}

// EmitFill emits x8_fill.
func EmitFill(e kernel.Env) *asm.Func {
	f := e.M.Func("x8_fill", kernel.Signature())
	args, from, to := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2)
	arg := kernel.Fields[fillArgs[kernel.Field]](args.I32, walk.Bytes1)
	y, i, n, value := f.I32(), f.I32(), f.I32(), f.I32x4()
	value.Set(arg.Value.I32x4())
	walk.Emit(f, args, from, to, []asm.I32Var{y}, func(inner asm.I32) {
		kernel.EmitPiece(f, n, arg.Pieces, inner)
		i.Set(y.I32)
		write := func(l lanes) { l.store(f, i.I32, value.I8x16()) }
		f.If(stepsAre(arg.Step[:], 1), func() { emitStrip(f, n, []pointer{{i, 1}}, write) }, nil)
		emitStrided(f, n, arg.Step[:], []asm.I32Var{i}, write)
	})
	return f
}
