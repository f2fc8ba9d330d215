package q8

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
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
func EmitQuantize(e f32.Env) *asm.Func {
	f := e.M.Func("q8_quantize", f32.Signature())
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

// stepsAre says that the words at offset are these.
func stepsAre(args asm.I32Var, offset uint32, steps ...int32) asm.I32 {
	all := asm.ConstI32(1)
	for i, s := range steps {
		all = all.And(args.LoadI32(offset + uint32(4*i)).Eq(asm.ConstI32(s)))
	}
	return all
}

// Dequantize is y = float32(x−Zero)·Scale, then the posts. Dimensions come in any order, at most 5
// that do not merge; it is fast where both sides are contiguous along one.
type Dequantize struct {
	Signed             bool   // storage
	X                  uint32 // bytes
	Y                  uint32 // float32
	Shape              []int
	XStrides, YStrides []int // bytes, as many as Shape
	Scale              float32
	Zero               int32
	C                  int        // channels, for posts that have them; else 1
	Post               []f32.Post // over pieces of whole pixels; the channels must be contiguous
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
	dequantizePost
)

// Call is the kernel call. Its units are pieces of rows.
func (d Dequantize) Call() call.Call {
	w := walk.New(d.Shape, d.YStrides, d.XStrides)
	n, strides := w.Inner(func([]int) bool { return true })
	c := max(d.C, 1)
	if len(d.Post) > 0 && (n%c != 0 || strides[0] != 4) {
		panic("q8: a post needs contiguous rows of whole pixels")
	}
	piece := split(&w, n, max(pieceBytes/4/c, 1)*c, strides)
	args := append(w.Words(d.Y, d.X), uint32(n), uint32(piece), uint32(strides[0]), uint32(strides[1]))
	args = append(args, flip(d.Signed), uint32(d.Zero+int32(flip(d.Signed)&128)), math.Float32bits(d.Scale))
	return call.Call{Kernel: call.Q8Dequantize, Units: w.Units(), Args: args, Posts: d.Post}
}

// EmitDequantize emits q8_dequantize.
func EmitDequantize(e f32.Env) *asm.Func {
	f := e.M.Func("q8_dequantize", f32.Signature())
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
		f.Call(e.PostChain, args.AddC(dequantizePost), y, count, thread)
	})
	return f
}
