package q8

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/walk"
)

// Quantize is y = clamp(rhe(x·(1/Scale)) + Zero, Lo, Hi), or with Div clamp(rhe(x/Scale) + Zero, Lo, Hi):
// the rules of PyTorch and of ONNX, every operation rounded to float32; NaN gives Lo. Dimensions come
// in any order, at most 5 that do not merge; it is fast where both sides are contiguous along one.
type Quantize struct {
	Signed             bool   // storage
	X                  uint32 // float32
	Y                  uint32 // bytes
	Shape              []int
	XStrides, YStrides []int // bytes, as many as Shape
	Scale              float32
	Zero               int32
	Lo, Hi             int32
	Div                bool
}

// Words of a Quantize behind its walk.
const (
	quantizeN = walk.Bytes2 + 4*iota
	quantizePiece
	quantizeSteps // of y, x
	_
	quantizeLo // outLo to outFlip
	_
	_
	_
	_
	quantizeDiv   // whether to divide
	quantizeScale // by this, or multiply with it
)

// Call is the kernel call. Its units are pieces of rows.
func (q Quantize) Call() call.Call {
	w := walk.New(q.Shape, q.YStrides, q.XStrides)
	n, strides := w.Inner(func([]int) bool { return true })
	piece := split(&w, n, pieceBytes, strides)
	args := append(w.Words(q.Y, q.X), uint32(n), uint32(piece), uint32(strides[0]), uint32(strides[1]))
	args = append(args, roundWords(q.Signed, q.Zero, q.Lo, q.Hi)...)
	if q.Div {
		args = append(args, 1, math.Float32bits(q.Scale))
	} else {
		args = append(args, 0, math.Float32bits(1/q.Scale))
	}
	return call.Call{Kernel: call.Q8Quantize, Units: w.Units(), Args: args}
}

// EmitQuantize emits q8_quantize.
func EmitQuantize(e kernel.Env) *asm.Func {
	f := e.M.Func("q8_quantize", kernel.Signature())
	args, from, to := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2)
	y, x, i, j, n := f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	scale, dense := f.F32x4(), f.I32()
	round := newRounding(f)
	round.load(args.I32, quantizeLo)
	scale.Set(args.LoadSplatF32x4(quantizeScale))
	dense.Set(stepsAre(args, quantizeSteps, 1, 4))
	write := func(l lanes, op func(x, scale asm.F32x4) asm.F32x4) {
		l.store(f, i.I32, round.vectors(l, func(v int) asm.F32x4 { return op(l.loadFloats(j.I32, v), scale.F32x4) }))
	}
	strip := func(op func(x, scale asm.F32x4) asm.F32x4) {
		f.If(dense.I32, func() {
			emitStrip(f, n, []pointer{{i, 1}, {j, 4}}, func(l lanes) { write(l, op) })
		}, nil)
		emitStrided(f, n, args, quantizeSteps, []asm.I32Var{i, j}, func(l lanes) { write(l, op) })
	}
	walk.Emit(f, args, from, to, []asm.I32Var{y, x}, func(inner asm.I32) {
		emitPiece(f, n, args, quantizeN, inner)
		i.Set(y.I32)
		j.Set(x.I32)
		f.If(args.LoadI32(quantizeDiv), func() { strip(asm.F32x4.Div) }, func() { strip(asm.F32x4.Mul) })
	})
	return f
}
