package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/ref"
)

// Elu is alpha·(e^x - 1) where x < 0, else x; see ref.Elu.
func Elu(alpha float32) call.EpilogueOp {
	return call.EpilogueOp{Fn: call.F32VElu, Words: floatWords(alpha)}
}

// EmitElu emits f32_velu.
func EmitElu(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_velu", 1, 1, func(f *asm.Func, x asm.F32x4, p []asm.F32x4Var) asm.F32x4 {
		near := horner(x, ref.ExpPoly()).Mul(x.Mul(x)).Add(x)
		far := newExpLocals(f).exp(x).Sub(asm.ConstF32x4(1))
		y := near.Select(far, x.Gt(asm.ConstF32x4(-ref.EluSmall))).Mul(p[0].F32x4)
		return y.Select(x, x.Lt(asm.ConstF32x4(0)))
	})
}
