package q8

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/walk"
)

// Dequantize is y = float32(x−Zero)·Scale, then the epilogue. Dimensions come in any order, at most 5
// that do not merge; it is fast where both sides are contiguous along one.
type Dequantize struct {
	Signed             bool   // storage
	X                  uint32 // bytes
	Y                  uint32 // float32
	Shape              []int
	XStrides, YStrides []int // bytes, as many as Shape
	Scale              float32
	Zero               int32
	C                  int               // channels, for an epilogue that has them; else 1
	Epilogue           []call.EpilogueOp // over pieces of whole pixels; the channels must be contiguous
}

// dequantizeArgs are the arguments of the kernel behind its walk; Steps are the bytes from element to element of y and x.
type dequantizeArgs[W any] struct {
	kernel.Pieces[W]
	Steps              [2]W
	Flips, Zero, Scale W
	Epilogue           kernel.Tail
}

// Call is the kernel call. Its units are pieces of rows.
func (d Dequantize) Call() call.Call {
	w := walk.New(d.Shape, d.YStrides, d.XStrides)
	n, strides := w.Inner(func([]int) bool { return true })
	c := max(d.C, 1)
	if len(d.Epilogue) > 0 && (n%c != 0 || strides[0] != 4) {
		panic("q8: an epilogue needs contiguous rows of whole pixels")
	}
	pieces := kernel.Split(&w, n, max(pieceBytes/4/c, 1)*c, strides) // a dimension more for the walk
	args := append(w.Words(d.Y, d.X), kernel.Words(dequantizeArgs[uint32]{
		Pieces: pieces, Steps: [2]uint32{uint32(strides[0]), uint32(strides[1])},
		Flips: flip(d.Signed), Zero: uint32(d.Zero + int32(flip(d.Signed)&128)), Scale: math.Float32bits(d.Scale),
	})...)
	return call.Call{Kernel: call.Q8Dequantize, Units: w.Units(), Args: args, Epilogue: d.Epilogue}
}

// EmitDequantize emits q8_dequantize.
func EmitDequantize(e kernel.Env) *asm.Func {
	f := e.M.Func("q8_dequantize", kernel.Signature())
	args, from, to, thread := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	arg := kernel.Fields[dequantizeArgs[kernel.Field]](args.I32, walk.Bytes2)
	y, x, i, j, n, count := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	zero, flips, bytes, scale := f.I16x8(), f.I32x4(), f.I8x16(), f.F32x4()
	flips.Set(arg.Flips.I32x4())
	zero.Set(arg.Zero.I32().SplatI16x8())
	scale.Set(arg.Scale.F32x4())
	write := func(l lanes) {
		bytes.Set(l.load(j.I32).I32x4().Xor(flips.I32x4).I8x16())
		for v := range l.vectors() {
			l.storeFloats(f, i.I32, v, l.widen(bytes.I8x16, v, zero.I16x8).F32S().Mul(scale.F32x4))
		}
	}
	walk.Emit(f, args, from, to, []asm.I32Var{y, x}, func(inner asm.I32) {
		kernel.EmitPiece(f, n, arg.Pieces, inner)
		count.Set(n.I32)
		i.Set(y.I32)
		j.Set(x.I32)
		f.If(stepsAre(arg.Steps[:], 4, 1), func() {
			emitStrip(f, n, []pointer{{i, 4}, {j, 1}}, write)
		}, nil)
		emitStrided(f, n, arg.Steps[:], []asm.I32Var{i, j}, write)
		e.Epilogue(f, arg.Epilogue.Address(), y, count, thread)
	})
	return f
}
