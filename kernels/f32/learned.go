package f32

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/walk"
)

// Learned fake-quantizes by scales and zero points that lie in memory, as those of a network in training. Dimensions come in
// any order; those that are evenly spaced are merged, and at most 5 may remain. It is fast where a row of X has one scale.
//
// Bits: see ref.Learned.
type Learned struct {
	X, Y, Scale, Zero                             uint32
	Shape                                         []int // of X
	XStrides, YStrides, ScaleStrides, ZeroStrides []int // bytes, as many as Shape; 0 repeats a scale
	Least, Most                                   float32
	Div                                           bool
}

// LearnedGrad is the gradient of Learned: DX, and the two sums of ref.Learned.Gradient in parts that are still to be added
// up. DX may be DY where they have the same strides. How many parts there are does not depend on the threads.
type LearnedGrad struct {
	Learned // Y and YStrides are the gradient DY of what Learned makes

	DX        uint32
	DXStrides []int
	Lo, Hi    float32 // DX is 0 where X does not lie between them, as before a clamp; −Inf and +Inf for none
	Parts     uint32  // as many floats as PartShape says
}

// learnedFloats is how many floats a unit has.
const learnedFloats = 4096

// learnedBytes are the bytes of a walk over five operands.
const learnedBytes = walk.Bytes3 + 2*4*(1+walk.Dims)

// learnedArgs are the arguments of both kernels behind their walk.
type learnedArgs[W any] struct {
	kernel.Pieces[W]
	Least, Most, Div, Parts, Lo, Hi W
}

func (l Learned) words(piece kernel.Pieces[uint32]) learnedArgs[uint32] {
	div := uint32(0)
	if l.Div {
		div = 1
	}
	return learnedArgs[uint32]{Pieces: piece, Least: math.Float32bits(l.Least), Most: math.Float32bits(l.Most), Div: div}
}

// oneScale says that floats lie side by side in all operands but the last two, scales and zero points, which repeat.
func oneScale(strides []int) bool {
	n := len(strides) - 2
	return contiguous(strides[:n]) && strides[n] == 0 && strides[n+1] == 0
}

// Call is the kernel call. Its units are pieces of rows.
func (l Learned) Call() call.Call {
	w := walk.New(l.Shape, l.YStrides, l.XStrides, l.XStrides, l.ScaleStrides, l.ZeroStrides)
	n, strides := w.Inner(oneScale)
	piece := kernel.Split(&w, n, learnedFloats, strides)
	return call.Call{Kernel: call.F32Learned, Units: w.Units(), Args: append(w.Words(l.Y, l.X, l.X, l.Scale, l.Zero), kernel.Words(l.words(piece))...)}
}

func (g LearnedGrad) walk() (w walk.Walk, piece kernel.Pieces[uint32]) {
	w = walk.New(g.Shape, g.DXStrides, g.XStrides, g.YStrides, g.ScaleStrides, g.ZeroStrides)
	n, strides := w.Inner(oneScale)
	return w, kernel.Split(&w, n, learnedFloats, strides)
}

// PartShape is the shape of Parts, the last two dimensions the two sums and four lanes, and along gives for each dimension
// the bytes between its scales: 0 where all belong to one.
func (g LearnedGrad) PartShape() (shape, along []int) {
	w, _ := g.walk()
	return append(append(shape, w.Shape...), 2, 4), append(append(along, w.Strides[3]...), 0, 0)
}

// Call is the kernel call. Its units are pieces of rows, one a part.
func (g LearnedGrad) Call() call.Call {
	w, piece := g.walk()
	words := g.words(piece)
	words.Parts, words.Lo, words.Hi = g.Parts, math.Float32bits(g.Lo), math.Float32bits(g.Hi)
	return call.Call{Kernel: call.F32LearnedGrad, Units: w.Units(), Args: append(w.Words(g.DX, g.X, g.Y, g.Scale, g.Zero), kernel.Words(words)...)}
}

// learned is one of the two kernels under construction.
type learned struct {
	*asm.Func
	arg                   learnedArgs[kernel.Field]
	y, x, dy, scale, zero asm.I32Var // operands of the walk: y is what is written
	i, j, k, n            asm.I32Var // y, x and dy inside a piece, and what is left of it
	factor, s, z, lo, hi  asm.F32x4Var
}

func newLearned(env kernel.Env, name string) *learned {
	l := &learned{Func: env.M.Func(name, kernel.Signature())}
	l.arg = kernel.Fields[learnedArgs[kernel.Field]](l.ParamI32(0).I32, learnedBytes)
	for _, v := range []*asm.I32Var{&l.y, &l.x, &l.dy, &l.scale, &l.zero, &l.i, &l.j, &l.k, &l.n} {
		*v = l.I32()
	}
	for _, v := range []*asm.F32x4Var{&l.factor, &l.s, &l.z, &l.lo, &l.hi} {
		*v = l.F32x4()
	}
	return l
}

// pieces runs body for each piece, for each of the rules with the code of a number before it is limited.
func (l *learned) pieces(body func(code func(x asm.F32x4) asm.F32x4)) {
	l.lo.Set(l.arg.Least.F32x4())
	l.hi.Set(l.arg.Most.F32x4())
	walk.Emit(l.Func, l.ParamI32(0), l.ParamI32(1), l.ParamI32(2), []asm.I32Var{l.y, l.x, l.dy, l.scale, l.zero}, func(inner asm.I32) {
		kernel.EmitPiece(l.Func, l.n, l.arg.Pieces, inner)
		l.i.Set(l.y.I32)
		l.j.Set(l.x.I32)
		l.k.Set(l.dy.I32)
		l.s.Set(l.scale.LoadSplatF32x4(0))
		l.z.Set(l.zero.LoadSplatF32x4(0))
		l.If(l.arg.Div.I32(), func() {
			body(func(x asm.F32x4) asm.F32x4 { return x.Div(l.s.F32x4).Nearest().Add(l.z.F32x4) })
		}, func() {
			l.factor.Set(asm.ConstF32x4(1).Div(l.s.F32x4))
			body(func(x asm.F32x4) asm.F32x4 { return x.Mul(l.factor.F32x4).Nearest().Add(l.z.F32x4) })
		})
	})
}

// value is the number that a code which there is stands for.
func (l *learned) value(code asm.F32x4) asm.F32x4 { return code.Sub(l.z.F32x4).Mul(l.s.F32x4) }

// EmitLearned emits f32_learned.
func EmitLearned(env kernel.Env) *asm.Func {
	l := newLearned(env, "f32_learned")
	l.pieces(func(code func(x asm.F32x4) asm.F32x4) {
		emitStrip(l.Func, l.n, []asm.I32Var{l.i, l.j}, 4, func(v lanes, offset uint32) {
			v.store(l.Func, l.i.I32, offset, l.value(clamp(code(v.load(l.j.I32, offset)), l.lo.F32x4, l.hi.F32x4)))
		})
	})
	return l.Func
}

// EmitLearnedGrad emits f32_learned_grad.
func EmitLearnedGrad(env kernel.Env) *asm.Func {
	l := newLearned(env, "f32_learned_grad")
	x, dy, codes, limited, within := l.F32x4(), l.F32x4(), l.F32x4(), l.F32x4(), l.I32x4()
	sums := [2]asm.F32x4Var{l.F32x4(), l.F32x4()}
	part, none, above, below := l.I32(), asm.ConstF32x4(0), l.F32x4(), l.F32x4()
	above.Set(l.arg.Lo.F32x4())
	below.Set(l.arg.Hi.F32x4())
	part.Set(l.arg.Parts.I32().Add(l.ParamI32(1).ShlC(5)))
	l.pieces(func(code func(x asm.F32x4) asm.F32x4) {
		for _, s := range sums {
			s.Set(none)
		}
		emitStrip(l.Func, l.n, []asm.I32Var{l.i, l.j, l.k}, 2, func(v lanes, offset uint32) {
			x.Set(v.load(l.j.I32, offset))
			dy.Set(v.load(l.k.I32, offset))
			codes.Set(code(x.F32x4))
			limited.Set(clamp(codes.F32x4, l.lo.F32x4, l.hi.F32x4))
			within.Set(limited.Eq(codes.F32x4))
			v.store(l.Func, l.i.I32, offset, dy.I32x4().And(within.And(x.Gt(above.F32x4)).And(x.Lt(below.F32x4))).F32x4())
			sums[0].Set(sums[0].Add(dy.Mul(l.value(limited.F32x4).Sub(x.I32x4().And(within.I32x4).F32x4()))))
			sums[1].Set(sums[1].Sub(dy.I32x4().AndNot(within.I32x4).F32x4()))
		})
		for i, s := range sums {
			l.StoreF32x4(part.I32, uint32(16*i), s.F32x4)
		}
		part.Set(part.AddC(32))
	})
	return l.Func
}
