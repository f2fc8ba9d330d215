package f32

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/ref"
)

// Exp is e^x within 1 ulp; see ref.Exp.
func Exp() call.EpilogueOp { return call.EpilogueOp{Fn: call.F32VExp} }

// Tanh is the hyperbolic tangent.
func Tanh() call.EpilogueOp { return call.EpilogueOp{Fn: call.F32VTanh} }

// expLocals are the locals of an emitted exponential; one set serves every use in a function.
type expLocals struct {
	x, n, r, y asm.F32x4Var
	half       asm.I32x4Var
}

func newExpLocals(f *asm.Func) expLocals {
	return expLocals{f.F32x4(), f.F32x4(), f.F32x4(), f.F32x4(), f.I32x4()}
}

func horner(x asm.F32x4, poly []float32) asm.F32x4 {
	y := asm.ConstF32x4(poly[0])
	for _, c := range poly[1:] {
		y = y.Mul(x).Add(asm.ConstF32x4(c))
	}
	return y
}

// reduce emits ref's reduction of e.x: e.y is e^r, and the value returned the sum that holds n.
func (e expLocals) reduce() asm.I32x4 {
	magic := asm.ConstF32x4(ref.RoundMagic)
	e.r.Set(e.x.Mul(asm.ConstF32x4(ref.Log2E)).Add(magic))
	e.n.Set(e.r.Sub(magic))
	sum := e.half
	sum.Set(e.r.I32x4())
	e.r.Set(e.x.Sub(e.n.Mul(asm.ConstF32x4(ref.Ln2High))).Sub(e.n.Mul(asm.ConstF32x4(ref.Ln2Low))))
	e.y.Set(horner(e.r.F32x4, ref.ExpPoly()).Mul(e.r.Mul(e.r.F32x4)).Add(e.r.F32x4).Add(asm.ConstF32x4(1)))
	return sum.I32x4
}

// exp emits ref.Exp on four lanes.
func (e expLocals) exp(x asm.F32x4) asm.F32x4 {
	e.x.Set(clamp(x, asm.ConstF32x4(ref.ExpLow), asm.ConstF32x4(ref.ExpHigh)))
	n := e.n.I32x4()
	e.n.Set(e.reduce().Sub(asm.ConstU32(math.Float32bits(ref.RoundMagic)).SplatI32x4()).F32x4())
	e.half.Set(n.ShrS(asm.ConstI32(1)))
	return e.y.Mul(pow2(e.half.I32x4)).Mul(pow2(n.Sub(e.half.I32x4)))
}

// expNeg emits ref.ExpNeg on four lanes.
func (e expLocals) expNeg(x asm.F32x4) asm.F32x4 {
	e.x.Set(x)
	y := e.y.Mul(e.reduce().Shl(asm.ConstI32(23)).F32x4())
	return y.I32x4().AndNot(e.x.Lt(asm.ConstF32x4(ref.ExpTiny))).F32x4()
}

// pow2 is 2^n for a normal result.
func pow2(n asm.I32x4) asm.F32x4 {
	return n.Add(asm.ConstI32(127).SplatI32x4()).Shl(asm.ConstI32(23)).F32x4()
}

// EmitExp emits f32_vexp.
func EmitExp(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vexp", 0, 1, func(f *asm.Func, x asm.F32x4, _ []asm.F32x4Var) asm.F32x4 {
		return newExpLocals(f).exp(x)
	})
}

// EmitTanh emits f32_vtanh.
func EmitTanh(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vtanh", 0, 1, func(f *asm.Func, x asm.F32x4, _ []asm.F32x4Var) asm.F32x4 {
		a, z, small, t := f.F32x4(), f.F32x4(), f.F32x4(), f.F32x4()
		one, sign := asm.ConstF32x4(1), asm.ConstU32(1<<31).SplatI32x4()
		a.Set(x.Abs())
		z.Set(a.Mul(a.F32x4))
		small.Set(a.Mul(z.F32x4).Mul(horner(z.F32x4, ref.TanhPoly())).Add(a.F32x4))
		t.Set(newExpLocals(f).expNeg(a.Mul(asm.ConstF32x4(-2))))
		large := one.Sub(t.F32x4).Div(one.Add(t.F32x4))
		y := small.Select(large, a.Lt(asm.ConstF32x4(ref.TanhSmall)))
		return y.I32x4().Or(x.I32x4().And(sign)).F32x4()
	})
}
