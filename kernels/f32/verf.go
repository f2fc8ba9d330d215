package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/ref"
)

// Erf is the error function; see ref.Erf.
func Erf() call.EpilogueOp { return call.EpilogueOp{Fn: call.F32VErf} }

// EmitErf emits f32_verf.
func EmitErf(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_verf", 0, 1, func(f *asm.Func, x asm.F32x4, _ []asm.F32x4Var) asm.F32x4 {
		far, zero := f.F32x4(), asm.ConstF32x4(0)
		far.Set(normalCDF(f, x.Abs().Mul(asm.ConstF32x4(-ref.Sqrt2))))
		far.Set(asm.ConstF32x4(1).Sub(far.Add(far.F32x4)))
		far.Set(far.Neg().Select(far.F32x4, x.Lt(zero)))
		near := horner(x.Mul(x), ref.ErfPoly()).Mul(x)
		return near.Select(far.F32x4, x.Abs().Lt(asm.ConstF32x4(ref.ErfNear)))
	})
}
