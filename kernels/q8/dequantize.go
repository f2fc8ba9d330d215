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

// Words of a Dequantize behind its walk.
const (
	dequantizeN = walk.Bytes2 + 4*iota
	dequantizePiece
	dequantizeSteps // of y, x
	_
	dequantizeFlip
	dequantizeZero
	dequantizeScale
	dequantizeEpilogue
)

// Call is the kernel call. Its units are pieces of rows.
func (d Dequantize) Call() call.Call {
	w := walk.New(d.Shape, d.YStrides, d.XStrides)
	n, strides := w.Inner(func([]int) bool { return true })
	c := max(d.C, 1)
	if len(d.Epilogue) > 0 && (n%c != 0 || strides[0] != 4) {
		panic("q8: an epilogue needs contiguous rows of whole pixels")
	}
	piece := split(&w, n, max(pieceBytes/4/c, 1)*c, strides)
	args := append(w.Words(d.Y, d.X), uint32(n), uint32(piece), uint32(strides[0]), uint32(strides[1]))
	args = append(args, flip(d.Signed), uint32(d.Zero+int32(flip(d.Signed)&128)), math.Float32bits(d.Scale))
	return call.Call{Kernel: call.Q8Dequantize, Units: w.Units(), Args: args, Epilogue: d.Epilogue}
}

// EmitDequantize emits q8_dequantize.
func EmitDequantize(e kernel.Env) *asm.Func {
	f := e.M.Func("q8_dequantize", kernel.Signature())
	args, from, to, thread := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	y, x, i, j, n, count := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	zero, flips, bytes, scale := f.I16x8(), f.I32x4(), f.I8x16(), f.F32x4()
	flips.Set(args.LoadSplatI32x4(dequantizeFlip))
	zero.Set(args.LoadI32(dequantizeZero).SplatI16x8())
	scale.Set(args.LoadSplatF32x4(dequantizeScale))
	write := func(l lanes) {
		bytes.Set(l.load(j.I32).I32x4().Xor(flips.I32x4).I8x16())
		for v := range l.vectors() {
			l.storeFloats(f, i.I32, v, l.widen(bytes.I8x16, v, zero.I16x8).F32S().Mul(scale.F32x4))
		}
	}
	walk.Emit(f, args, from, to, []asm.I32Var{y, x}, func(inner asm.I32) {
		emitPiece(f, n, args, dequantizeN, inner)
		count.Set(n.I32)
		i.Set(y.I32)
		j.Set(x.I32)
		f.If(stepsAre(args, dequantizeSteps, 4, 1), func() {
			emitStrip(f, n, []pointer{{i, 4}, {j, 1}}, write)
		}, nil)
		emitStrided(f, n, args, dequantizeSteps, []asm.I32Var{i, j}, write)
		e.Epilogue(f, args.AddC(dequantizeEpilogue), y, count, thread)
	})
	return f
}
