package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/ref"
)

// Gelu is x·(1 + erf(x/√2))/2; see ref.Gelu.
func Gelu() call.EpilogueOp { return call.EpilogueOp{Fn: call.F32VGelu} }

// GeluTanh is the approximation of Gelu by tanh; see ref.GeluTanh.
func GeluTanh() call.EpilogueOp { return call.EpilogueOp{Fn: call.F32VGeluTanh} }

// NormalCDF is Φ(x), the distribution function of the normal distribution; see ref.NormalCDF.
func NormalCDF() call.EpilogueOp { return call.EpilogueOp{Fn: call.F32VNormalCDF} }

// EmitGelu emits f32_vgelu.
func EmitGelu(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vgelu", 0, 1, func(f *asm.Func, x asm.F32x4, _ []asm.F32x4Var) asm.F32x4 {
		return x.Mul(normalCDF(f, x))
	})
}

// EmitNormalCDF emits f32_vnormal_cdf.
func EmitNormalCDF(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vnormal_cdf", 0, 1, func(f *asm.Func, x asm.F32x4, _ []asm.F32x4Var) asm.F32x4 {
		return normalCDF(f, x)
	})
}

// normalCDF emits ref.NormalCDF on four lanes.
func normalCDF(f *asm.Func, x asm.F32x4) asm.F32x4 {
	a, t, tail := f.F32x4(), f.F32x4(), f.F32x4()
	one := asm.ConstF32x4(1)
	a.Set(x.Abs())
	t.Set(one.Div(a.Mul(asm.ConstF32x4(ref.TailStep)).Add(one)))
	tail.Set(newExpLocals(f).exp(a.Mul(a.F32x4).Mul(asm.ConstF32x4(-0.5))))
	tail.Set(tail.Mul(horner(t.F32x4, ref.TailPoly()).Mul(t.F32x4)))
	return tail.Select(one.Sub(tail.F32x4), x.Lt(asm.ConstF32x4(0)))
}

// EmitGeluTanh emits f32_vgelu_tanh.
func EmitGeluTanh(env kernel.Env) *asm.Func {
	return emitPreparedOp(env.M, "f32_vgelu_tanh", 0, 2, func(f *asm.Func, _ []asm.F32x4Var) func(x asm.F32x4) asm.F32x4 {
		l := newLogistic(f)
		return func(x asm.F32x4) asm.F32x4 {
			return l.quotient(x, x.Mul(x.Mul(x).Mul(asm.ConstF32x4(ref.GeluCubic)).Add(asm.ConstF32x4(ref.GeluLinear))))
		}
	})
}
