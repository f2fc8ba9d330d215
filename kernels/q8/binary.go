package q8

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/walk"
)

// Operand is one side of an element-wise kernel, its strides as many as the shape of the output; an
// input's stride of 0 repeats it (see f32.Broadcast).
type Operand struct {
	Addr    uint32
	Strides []int // bytes
	Scale   float32
	Zero    int32
}

// Binary is what Add and Mul share. Y may be A or B where they have the same strides. Dimensions come
// in any order, at most 5 that do not merge. It is fast where Y is contiguous along a dimension, and
// A and B are so too, or one of them is constant.
type Binary struct {
	Signed  bool // storage
	Shape   []int
	A, B, Y Operand
	Lo, Hi  int32 // bounds of y
}

// Add is y = clamp(rhe((sa·(a−za) + sb·(b−zb))/sy) + zy, lo, hi), every operation rounded to float32:
// what DequantizeLinear, Add and QuantizeLinear give; see ref.QAdd for how ONNX Runtime's QLinearAdd
// differs.
type Add struct{ Binary }

// Mul is y = clamp(rhe(float32((a−za)·(b−zb))·M) + zy, lo, hi) with M = sa·sb/sy, rounded twice; see
// ref.QMul.
type Mul struct{ Binary }

// Words of a Binary behind its walk.
const (
	binaryN = walk.Bytes3 + 4*iota
	binaryPiece
	binarySteps // of y, a, b
	_
	_
	binaryLo // outLo to outFlip
	_
	_
	_
	binaryAZero
	binaryBZero
	binaryAScale // Mul: M
	binaryBScale
	binaryYScale
)

// Call is the kernel call. Its units are pieces of rows.
func (b Add) Call() call.Call {
	b.constantLast()
	return b.call(call.Q8Add, b.A.Scale, b.B.Scale, b.Y.Scale)
}

// Call is the kernel call. Its units are pieces of rows.
func (b Mul) Call() call.Call {
	b.constantLast()
	return b.call(call.Q8Mul, b.A.Scale*b.B.Scale/b.Y.Scale)
}

// constantLast makes B the operand that is constant along the innermost dimension of Y, if one is.
func (b *Binary) constantLast() {
	if _, strides := b.walk(); strides[1] == 0 {
		b.A, b.B = b.B, b.A
	}
}

func (b *Binary) walk() (w walk.Walk, strides []int) {
	w = walk.New(b.Shape, b.Y.Strides, b.A.Strides, b.B.Strides)
	if last := len(w.Shape) - 1; last >= 0 {
		return w, []int{w.Strides[0][last], w.Strides[1][last], w.Strides[2][last]}
	}
	return w, []int{1, 1, 1}
}

func (b *Binary) call(kernel call.ID, scales ...float32) call.Call {
	w, _ := b.walk()
	n, strides := w.Inner(func([]int) bool { return true })
	piece := split(&w, n, pieceBytes, strides)
	args := append(w.Words(b.Y.Addr, b.A.Addr, b.B.Addr), uint32(n), uint32(piece))
	for _, s := range strides {
		args = append(args, uint32(s))
	}
	args = append(args, roundWords(b.Signed, b.Y.Zero, b.Lo, b.Hi)...)
	shift := int32(flip(b.Signed) & 128)
	args = append(args, uint32(b.A.Zero+shift), uint32(b.B.Zero+shift))
	for _, s := range scales {
		args = append(args, math.Float32bits(s))
	}
	return call.Call{Kernel: kernel, Units: w.Units(), Args: args}
}

// EmitAdd emits q8_add.
func EmitAdd(e f32.Env) *asm.Func {
	return emitBinary(e, "q8_add", func(f *asm.Func, args asm.I32) binaryOp {
		s := [3]asm.F32x4Var{f.F32x4(), f.F32x4(), f.F32x4()}
		for i := range s {
			s[i].Set(args.LoadSplatF32x4(uint32(binaryAScale + 4*i)))
		}
		return func(l lanes, v int, a, b asm.I8x16, za, zb asm.I16x8) asm.F32x4 {
			return l.widen(a, v, za).F32S().Mul(s[0].F32x4).Add(l.widen(b, v, zb).F32S().Mul(s[1].F32x4)).Div(s[2].F32x4)
		}
	})
}

// EmitMul emits q8_mul.
func EmitMul(e f32.Env) *asm.Func {
	return emitBinary(e, "q8_mul", func(f *asm.Func, args asm.I32) binaryOp {
		m := f.F32x4()
		m.Set(args.LoadSplatF32x4(binaryAScale))
		return func(_ lanes, v int, a, b asm.I8x16, za, zb asm.I16x8) asm.F32x4 {
			x, y := a.LowU(), b.LowU()
			if v >= 2 {
				x, y = a.HighU(), b.HighU()
			}
			if x, y = x.Sub(za), y.Sub(zb); v%2 == 1 {
				return x.MulHighS(y).F32S().Mul(m.F32x4)
			}
			return x.MulLowS(y).F32S().Mul(m.F32x4)
		}
	})
}

// binaryOp is vector v of the result before it is rounded, of unsigned bytes with zero points.
type binaryOp func(l lanes, v int, a, b asm.I8x16, za, zb asm.I16x8) asm.F32x4

func emitBinary(e f32.Env, name string, start func(f *asm.Func, args asm.I32) binaryOp) *asm.Func {
	f := e.M.Func(name, f32.Signature())
	args, from, to := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2)
	y, a, b, i, j, k, n := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	za, zb, xa, xb, constant := f.I16x8(), f.I16x8(), f.I8x16(), f.I8x16(), f.I8x16()
	round := newRounding(f)
	round.load(args.I32, binaryLo)
	za.Set(args.LoadI32(binaryAZero).SplatI16x8())
	zb.Set(args.LoadI32(binaryBZero).SplatI16x8())
	op := start(f, args.I32)
	write := func(l lanes, b asm.I8x16) {
		xa.Set(round.unsigned(l.load(j.I32)))
		l.store(f, i.I32, round.vectors(l, func(v int) asm.F32x4 { return op(l, v, xa.I8x16, b, za.I16x8, zb.I16x8) }))
	}
	both := func(l lanes) {
		xb.Set(round.unsigned(l.load(k.I32)))
		write(l, xb.I8x16)
	}
	dense, constantB := f.I32(), f.I32() // how the pieces lie: what is asked once is not asked for each
	dense.Set(stepsAre(args, binarySteps, 1, 1, 1))
	constantB.Set(stepsAre(args, binarySteps, 1, 1, 0))
	walk.Emit(f, args, from, to, []asm.I32Var{y, a, b}, func(inner asm.I32) {
		emitPiece(f, n, args, binaryN, inner)
		i.Set(y.I32)
		j.Set(a.I32)
		k.Set(b.I32)
		f.If(dense.I32, func() {
			emitStrip(f, n, []pointer{{i, 1}, {j, 1}, {k, 1}}, both)
		}, nil)
		f.If(constantB.I32, func() {
			constant.Set(round.unsigned(lanes(1).load(k.I32)))
			emitStrip(f, n, []pointer{{i, 1}, {j, 1}}, func(l lanes) { write(l, constant.I8x16) })
		}, nil)
		emitStrided(f, n, args, binarySteps, []asm.I32Var{i, j, k}, both)
	})
	return f
}
