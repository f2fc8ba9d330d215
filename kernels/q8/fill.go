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

// Words of a Fill behind its walk.
const (
	fillN = walk.Bytes1 + 4*iota
	fillPiece
	fillStep
	fillValue
)

// Call is the kernel call. Its units are pieces of rows.
func (c Fill) Call() call.Call {
	w := walk.New(c.Shape, c.YStrides)
	n, strides := w.Inner(func([]int) bool { return true })
	piece := split(&w, n, pieceBytes, strides)
	args := append(w.Words(c.Y), uint32(n), uint32(piece), uint32(strides[0]), uint32(c.Value)*0x01010101)
	return call.Call{Kernel: call.X8Fill, Units: w.Units(), Args: args}
}

// EmitFill emits x8_fill.
func EmitFill(e kernel.Env) *asm.Func {
	f := e.M.Func("x8_fill", kernel.Signature())
	args, from, to := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2)
	y, i, n, value := f.I32(), f.I32(), f.I32(), f.I32x4()
	value.Set(args.LoadSplatI32x4(fillValue))
	walk.Emit(f, args, from, to, []asm.I32Var{y}, func(inner asm.I32) {
		emitPiece(f, n, args, fillN, inner)
		i.Set(y.I32)
		write := func(l lanes) { l.store(f, i.I32, value.I8x16()) }
		f.If(stepsAre(args, fillStep, 1), func() { emitStrip(f, n, []pointer{{i, 1}}, write) }, nil)
		emitStrided(f, n, args, fillStep, []asm.I32Var{i}, write)
	})
	return f
}
