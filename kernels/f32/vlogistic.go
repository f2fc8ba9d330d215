package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/ref"
)

// Sigmoid is 1/(1+e^-x).
func Sigmoid() call.EpilogueOp { return call.EpilogueOp{Fn: call.F32VSigmoid} }

// SiLU is x·sigmoid(x).
func SiLU() call.EpilogueOp { return call.EpilogueOp{Fn: call.F32VSiLU} }

// logistic holds the constants of ref.LogisticDenominator in locals: engines make a constant anew
// wherever it is written, also in a loop.
type logistic struct {
	f                                 *asm.Func
	low, high, magic, log2E, ln2, one asm.F32x4Var
	poly                              []asm.F32x4Var
}

func newLogistic(f *asm.Func) logistic {
	constant := func(c float32) asm.F32x4Var {
		x := f.F32x4()
		x.Set(asm.ConstF32x4(c))
		return x
	}
	l := logistic{
		f: f, low: constant(ref.SigmoidLow), high: constant(ref.SigmoidHigh), magic: constant(ref.RoundMagic),
		log2E: constant(-ref.Log2E), ln2: constant(-ref.Ln2), one: constant(1),
	}
	for _, c := range ref.SigmoidPoly() {
		l.poly = append(l.poly, constant(c))
	}
	return l
}

// quotient emits num(x)/ref.LogisticDenominator(x) where num of NaN is NaN: what the denominator is then
// does not matter. Clamping the bits as integers is the same otherwise, and faster.
func (l logistic) quotient(num, x asm.F32x4) asm.F32x4 {
	return num.Div(l.denominator(x.I32x4().MinS(l.high.I32x4()).MinU(l.low.I32x4()).F32x4()))
}

// denominator emits ref.LogisticDenominator on four lanes that are clamped already.
func (l logistic) denominator(x asm.F32x4) asm.F32x4 {
	c, sum, r, r2 := l.f.F32x4(), l.f.F32x4(), l.f.F32x4(), l.f.F32x4()
	c.Set(x)
	sum.Set(c.Mul(l.log2E.F32x4).Add(l.magic.F32x4))
	r.Set(sum.Sub(l.magic.F32x4)) // n
	r.Set(r.Mul(l.ln2.F32x4).Sub(c.F32x4))
	r2.Set(r.Mul(r.F32x4))
	a := l.poly[0].Mul(r.F32x4).Add(l.poly[1].F32x4)
	b := l.poly[2].Mul(r.F32x4).Add(l.poly[3].F32x4)
	y := a.Mul(r2.F32x4).Add(b).Mul(r2.F32x4).Add(r.Add(l.one.F32x4))
	return y.Mul(sum.I32x4().Shl(asm.ConstI32(23)).F32x4()).Add(l.one.F32x4)
}

// EmitSigmoid emits f32_vsigmoid.
func EmitSigmoid(env kernel.Env) *asm.Func {
	return emitPreparedOp(env.M, "f32_vsigmoid", 0, 2, func(f *asm.Func, _ []asm.F32x4Var) func(x asm.F32x4) asm.F32x4 {
		l := newLogistic(f)
		return func(x asm.F32x4) asm.F32x4 { return l.one.Div(l.denominator(clamp(x, l.low.F32x4, l.high.F32x4))) }
	})
}

// EmitSiLU emits f32_vsilu.
func EmitSiLU(env kernel.Env) *asm.Func {
	return emitPreparedOp(env.M, "f32_vsilu", 0, 2, func(f *asm.Func, _ []asm.F32x4Var) func(x asm.F32x4) asm.F32x4 {
		l := newLogistic(f)
		return func(x asm.F32x4) asm.F32x4 { return l.quotient(x, x) }
	})
}
