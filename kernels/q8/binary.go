package q8

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
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

// binaryArgs are the arguments of the kernels behind their walk; Steps are the bytes from element to element of y, a and
// b. Mul has its multiplier in place of the first scale.
type binaryArgs[W any] struct {
	kernel.Pieces[W]
	Steps        [3]W
	Round        roundArgs[W]
	AZero, BZero W
	Scales       [3]W
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

func (b *Binary) call(id call.ID, scales ...float32) call.Call {
	w, _ := b.walk()
	n, strides := w.Inner(func([]int) bool { return true })
	shift := int32(flip(b.Signed) & 128)
	arg := binaryArgs[uint32]{
		Pieces: kernel.Split(&w, n, pieceBytes, strides), Round: roundOf(b.Signed, b.Y.Zero, b.Lo, b.Hi),
		AZero: uint32(b.A.Zero + shift), BZero: uint32(b.B.Zero + shift),
	}
	for i, s := range strides {
		arg.Steps[i] = uint32(s)
	}
	for i, s := range scales {
		arg.Scales[i] = math.Float32bits(s)
	}
	return call.Call{Kernel: id, Units: w.Units(), Args: append(w.Words(b.Y.Addr, b.A.Addr, b.B.Addr), kernel.Words(arg)...)}
}

// binaryOp is vector v of the result before it is rounded, of unsigned bytes with zero points.
type binaryOp func(l lanes, v int, a, b asm.I8x16, za, zb asm.I16x8) asm.F32x4

func emitBinary(e kernel.Env, name string, start func(f *asm.Func, scales [3]kernel.Field) binaryOp) *asm.Func {
	f := e.M.Func(name, kernel.Signature())
	args, from, to := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2)
	arg := kernel.Fields[binaryArgs[kernel.Field]](args.I32, walk.Bytes3)
	y, a, b, i, j, k, n := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	za, zb, xa, xb, constant := f.I16x8(), f.I16x8(), f.I8x16(), f.I8x16(), f.I8x16()
	round := newRounding(f)
	round.load(arg.Round)
	za.Set(arg.AZero.I32().SplatI16x8())
	zb.Set(arg.BZero.I32().SplatI16x8())
	op := start(f, arg.Scales)
	write := func(l lanes, b asm.I8x16) {
		xa.Set(round.unsigned(l.load(j.I32)))
		l.store(f, i.I32, round.vectors(l, func(v int) asm.F32x4 { return op(l, v, xa.I8x16, b, za.I16x8, zb.I16x8) }))
	}
	both := func(l lanes) {
		xb.Set(round.unsigned(l.load(k.I32)))
		write(l, xb.I8x16)
	}
	dense, constantB := f.I32(), f.I32() // how the pieces lie: what is asked once is not asked for each
	dense.Set(stepsAre(arg.Steps[:], 1, 1, 1))
	constantB.Set(stepsAre(arg.Steps[:], 1, 1, 0))
	walk.Emit(f, args, from, to, []asm.I32Var{y, a, b}, func(inner asm.I32) {
		kernel.EmitPiece(f, n, arg.Pieces, inner)
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
		emitStrided(f, n, arg.Steps[:], []asm.I32Var{i, j, k}, both)
	})
	return f
}
