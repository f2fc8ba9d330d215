package f32

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/ref"
	"github.com/quantscope/quantscope/kernels/walk"
)

// EmitPow emits f32_vpow, the Binary a^b; see ref.Pow. It takes four floats at a time at any stride:
// the loads are little beside the work.
func EmitPow(env kernel.Env) *asm.Func {
	f := env.M.Func("f32_vpow", kernel.Signature())
	args, from, to, thread := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	y, a, b := f.I32(), f.I32(), f.I32()
	i, j, k, n, rest := f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	lo, hi, x, e := f.F32x4(), f.F32x4(), f.F32x4(), f.F32x4()
	p := newPowLocals(f)
	arg := kernel.Fields[binaryArgs[kernel.Field]](args.I32, walk.Bytes3)
	lo.Set(arg.Lo.F32x4())
	hi.Set(arg.Hi.F32x4())
	four := func(to asm.F32x4Var, p asm.I32Var, stride asm.I32) {
		to.Set(p.LoadSplatF32x4(0))
		for lane := 1; lane < 4; lane++ {
			to.Set(p.Add(stride.MulC(int32(lane))).LoadLane32(0, to.F32x4, lane))
		}
	}
	walk.Emit(f, args, from, to, []asm.I32Var{y, a, b}, func(inner asm.I32) {
		aStride, bStride := arg.AStep.I32(), arg.BStep.I32()
		kernel.EmitPiece(f, n, arg.Pieces, inner)
		rest.Set(n.I32)
		i.Set(y.I32)
		j.Set(a.I32)
		k.Set(b.I32)
		step := func(l lanes, floats int32) {
			l.store(f, i.I32, 0, clamp(p.pow(f, x, e), lo.F32x4, hi.F32x4))
			i.Set(i.AddC(4 * floats))
			j.Set(j.Add(aStride.MulC(floats)))
			k.Set(k.Add(bStride.MulC(floats)))
			rest.Set(rest.AddC(-floats))
		}
		f.While(func() asm.I32 { return rest.GeS(asm.ConstI32(4)) }, func() {
			four(x, j, aStride)
			four(e, k, bStride)
			step(lanes{}, 4)
		})
		f.While(func() asm.I32 { return rest.I32 }, func() {
			x.Set(j.LoadSplatF32x4(0))
			e.Set(k.LoadSplatF32x4(0))
			step(lanes{single: true}, 1)
		})
		env.Epilogue(f, arg.Epilogue.Address(), y.I32, n.I32, thread.I32)
	})
	return f
}

// splitLocals are the locals of an emitted split, by the names that it has for them in ref.
type splitLocals struct {
	m, e           asm.F32x4Var
	small, bits, k asm.I32x4Var
}

func newSplitLocals(f *asm.Func) splitLocals {
	return splitLocals{f.F32x4(), f.F32x4(), f.I32x4(), f.I32x4(), f.I32x4()}
}

// split emits ref's split of four lanes, to m and e.
func (p splitLocals) split(a asm.F32x4) {
	p.small.Set(a.Lt(asm.ConstF32x4(ref.PowTiny)))
	p.m.Set(a.Mul(asm.ConstF32x4(ref.PowTinyScale)).Select(a, p.small.I32x4))
	p.bits.Set(p.m.I32x4())
	p.k.Set(p.bits.Sub(splat(ref.PowSqrtHalf)).ShrS(asm.ConstI32(23)))
	p.m.Set(p.bits.Sub(p.k.Shl(asm.ConstI32(23))).F32x4())
	p.e.Set(p.k.F32S().Sub(asm.ConstF32x4(ref.PowTinyShift).Select(asm.ConstF32x4(0), p.small.I32x4)))
}

// powLocals are the locals of an emitted power, by the names that ref.Pow has for them.
type powLocals struct {
	exp expLocals
	splitLocals
	a, f, g, s, sHigh, sRest, gHigh, rest, z, l, sum, w asm.F32x4Var
	low, y, lHigh, lRest, yHigh, yRest, first, second   asm.F32x4Var
	whole                                               asm.I32x4Var
}

func newPowLocals(f *asm.Func) powLocals {
	v := f.F32x4
	return powLocals{
		newExpLocals(f), newSplitLocals(f), v(), v(), v(), v(), v(), v(), v(), v(), v(), v(), v(), v(),
		v(), v(), v(), v(), v(), v(), v(), v(),
		f.I32x4(),
	}
}

func splat(x int32) asm.I32x4 { return asm.ConstI32(x).SplatI32x4() }

// high emits ref's high.
func high(x asm.F32x4) asm.F32x4 { return x.I32x4().And(splat(^0xfff)).F32x4() }

// pow emits ref.Pow on four lanes.
func (p powLocals) pow(f *asm.Func, x, y asm.F32x4Var) asm.F32x4 {
	zero, one := asm.ConstF32x4(0), asm.ConstF32x4(1)
	inf, nan := asm.ConstF32x4(float32(math.Inf(1))), asm.ConstF32x4(float32(math.NaN()))
	p.a.Set(x.Abs())
	p.positive(y.F32x4)
	p.w.Set(inf.Select(zero, p.a.Eq(inf).Xor(y.Gt(zero)).Not()).Select(p.w.F32x4, p.a.Eq(zero).Or(p.a.Eq(inf))))
	p.whole.Set(y.Trunc().Eq(y.F32x4))
	p.z.Set(y.Mul(asm.ConstF32x4(0.5)))
	odd := p.whole.And(p.z.Trunc().Ne(p.z.F32x4))
	sign := x.I32x4().And(asm.ConstU32(1 << 31).SplatI32x4()).And(odd)
	p.w.Set(p.w.I32x4().Or(sign).F32x4())
	undefined := x.Lt(zero).And(p.a.Ne(inf)).And(p.whole.Not())
	p.w.Set(nan.Select(p.w.F32x4, undefined.Or(x.Ne(x.F32x4)).Or(y.Ne(y.F32x4))))
	return one.Select(p.w.F32x4, y.Eq(zero).Or(x.Eq(one)))
}

// positive emits ref's powPositive of a and y, to w.
func (p powLocals) positive(y asm.F32x4) {
	one := asm.ConstF32x4(1)
	p.split(p.a.F32x4)
	p.f.Set(p.m.Sub(one))
	p.g.Set(p.m.Add(one))
	p.s.Set(p.f.Div(p.g.F32x4))
	p.sHigh.Set(high(p.s.F32x4))
	p.gHigh.Set(high(p.g.F32x4))
	p.sRest.Set(p.s.Sub(p.sHigh.F32x4))
	p.rest.Set(p.f.Sub(p.sHigh.Mul(p.gHigh.F32x4)))
	p.rest.Set(p.rest.Sub(p.sHigh.Mul(p.g.Sub(p.gHigh.F32x4))))
	p.rest.Set(p.rest.Sub(p.sRest.Mul(p.g.F32x4)))
	p.rest.Set(p.rest.Sub(p.s.Mul(p.m.Sub(p.g.Sub(one)))))
	p.z.Set(p.s.Mul(p.s.F32x4))
	p.z.Set(p.s.Mul(p.z.F32x4).Mul(horner(p.z.F32x4, ref.AtanhPoly())).Add(p.rest.Div(p.g.F32x4)))
	p.s.Set(p.s.Add(p.s.F32x4))
	p.l.Set(p.e.Mul(asm.ConstF32x4(ref.Ln2High)))
	p.sum.Set(p.l.Add(p.s.F32x4))
	p.low.Set(p.s.Sub(p.sum.Sub(p.l.F32x4)).Add(p.e.Mul(asm.ConstF32x4(ref.Ln2Low)).Add(p.z.Add(p.z.F32x4))))

	p.y.Set(clamp(y, asm.ConstF32x4(-ref.PowMost), asm.ConstF32x4(ref.PowMost)))
	p.lHigh.Set(high(p.sum.F32x4))
	p.yHigh.Set(high(p.y.F32x4))
	p.lRest.Set(p.sum.Sub(p.lHigh.F32x4).Add(p.low.F32x4))
	p.yRest.Set(p.y.Sub(p.yHigh.F32x4))
	p.first.Set(p.yHigh.Mul(p.lHigh.F32x4))
	p.second.Set(p.yHigh.Mul(p.lRest.F32x4).Add(p.yRest.Mul(p.lHigh.Add(p.lRest.F32x4))))
	p.sum.Set(p.first.Add(p.second.F32x4))
	p.low.Set(p.second.Sub(p.sum.Sub(p.first.F32x4)))
	p.w.Set(p.exp.exp(p.sum.F32x4))
	p.w.Set(p.w.Mul(p.low.F32x4).Add(p.w.F32x4).Select(p.w.F32x4, p.w.Lt(asm.ConstF32x4(float32(math.Inf(1))))))
}
