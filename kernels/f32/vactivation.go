package f32

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// Clamp limits to [lo, hi]; NaN passes. See ref.Clamp, and so below: each is ref's of that name.
func Clamp(lo, hi float32) call.EpilogueOp {
	return call.EpilogueOp{Fn: call.F32VClamp, Words: floatWords(lo, hi)}
}

// Relu is Clamp from 0 to +Inf.
func Relu() call.EpilogueOp { return Clamp(0, float32(math.Inf(1))) }

// LeakyRelu is alpha·x where x < 0.
func LeakyRelu(alpha float32) call.EpilogueOp {
	return call.EpilogueOp{Fn: call.F32VLeakyRelu, Words: floatWords(alpha)}
}

// PRelu is slope[c]·x where x < 0; slope is the address of channels floats.
func PRelu(slope uint32, channels int) call.EpilogueOp {
	return call.EpilogueOp{Fn: call.F32VPRelu, Words: []uint32{slope, uint32(channels)}}
}

// Affine is x·scale[c] + shift[c]; both are addresses of channels floats.
func Affine(scale, shift uint32, channels int) call.EpilogueOp {
	return call.EpilogueOp{Fn: call.F32VAffine, Words: []uint32{scale, shift, uint32(channels)}}
}

// HardSigmoid is clamp(alpha·x + beta, 0, 1).
func HardSigmoid(alpha, beta float32) call.EpilogueOp {
	return call.EpilogueOp{Fn: call.F32VHardSigmoid, Words: floatWords(alpha, beta)}
}

// HardSwish is x·clamp(x/6 + 1/2, 0, 1).
func HardSwish() call.EpilogueOp { return call.EpilogueOp{Fn: call.F32VHardSwish} }

// Sqrt is the square root.
func Sqrt() call.EpilogueOp { return call.EpilogueOp{Fn: call.F32VSqrt} }

// Neg turns the sign.
func Neg() call.EpilogueOp { return call.EpilogueOp{Fn: call.F32VNeg} }

// Abs clears the sign.
func Abs() call.EpilogueOp { return call.EpilogueOp{Fn: call.F32VAbs} }

func clamp(x, lo, hi asm.F32x4) asm.F32x4 { return x.PMax(lo).PMin(hi) }

// EmitClamp emits f32_vclamp.
func EmitClamp(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vclamp", 2, 4, func(_ *asm.Func, x asm.F32x4, p []asm.F32x4Var) asm.F32x4 {
		return clamp(x, p[0].F32x4, p[1].F32x4)
	})
}

// EmitLeakyRelu emits f32_vleaky_relu.
func EmitLeakyRelu(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vleaky_relu", 1, 4, func(_ *asm.Func, x asm.F32x4, p []asm.F32x4Var) asm.F32x4 {
		return x.Mul(p[0].F32x4).Select(x, x.Lt(asm.ConstF32x4(0)))
	})
}

// EmitPRelu emits f32_vprelu.
func EmitPRelu(env kernel.Env) *asm.Func {
	return emitChannelOp(env.M, "f32_vprelu", 1, func(x asm.F32x4, slope []asm.F32x4) asm.F32x4 {
		return x.Mul(slope[0]).Select(x, x.Lt(asm.ConstF32x4(0)))
	})
}

// EmitAffine emits f32_vaffine.
func EmitAffine(env kernel.Env) *asm.Func {
	return emitChannelOp(env.M, "f32_vaffine", 2, func(x asm.F32x4, c []asm.F32x4) asm.F32x4 {
		return x.Mul(c[0]).Add(c[1])
	})
}

// EmitHardSigmoid emits f32_vhard_sigmoid.
func EmitHardSigmoid(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vhard_sigmoid", 2, 2, func(_ *asm.Func, x asm.F32x4, p []asm.F32x4Var) asm.F32x4 {
		return hardSigmoid(x, p[0].F32x4, p[1].F32x4)
	})
}

func hardSigmoid(x, alpha, beta asm.F32x4) asm.F32x4 {
	return clamp(x.Mul(alpha).Add(beta), asm.ConstF32x4(0), asm.ConstF32x4(1))
}

// EmitHardSwish emits f32_vhard_swish.
func EmitHardSwish(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vhard_swish", 0, 2, func(_ *asm.Func, x asm.F32x4, _ []asm.F32x4Var) asm.F32x4 {
		return x.Mul(hardSigmoid(x, asm.ConstF32x4(1.0/6), asm.ConstF32x4(0.5)))
	})
}

// EmitSqrt emits f32_vsqrt.
func EmitSqrt(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vsqrt", 0, 1, func(_ *asm.Func, x asm.F32x4, _ []asm.F32x4Var) asm.F32x4 { return x.Sqrt() })
}

// EmitNeg emits f32_vneg.
func EmitNeg(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vneg", 0, 4, func(_ *asm.Func, x asm.F32x4, _ []asm.F32x4Var) asm.F32x4 { return x.Neg() })
}

// EmitAbs emits f32_vabs.
func EmitAbs(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vabs", 0, 4, func(_ *asm.Func, x asm.F32x4, _ []asm.F32x4Var) asm.F32x4 { return x.Abs() })
}
