package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// Round is the nearest integer, half to even.
func Round() call.EpilogueOp { return call.EpilogueOp{Fn: call.F32VRound} }

// Floor is the greatest integer that is not greater.
func Floor() call.EpilogueOp { return call.EpilogueOp{Fn: call.F32VFloor} }

// Ceil is the least integer that is not less.
func Ceil() call.EpilogueOp { return call.EpilogueOp{Fn: call.F32VCeil} }

// Trunc cuts off the fraction and limits to [lo, hi]; NaN becomes 0.
func Trunc(lo, hi float32) call.EpilogueOp {
	return call.EpilogueOp{Fn: call.F32VTrunc, Words: floatWords(lo, hi)}
}

// Sign is -1, 0 or 1.
func Sign() call.EpilogueOp { return call.EpilogueOp{Fn: call.F32VSign} }

// NonZero is 1 where x is not zero, else 0.
func NonZero() call.EpilogueOp { return call.EpilogueOp{Fn: call.F32VNonZero} }

// Within is 1 where lo < x < hi, else 0.
func Within(lo, hi float32) call.EpilogueOp {
	return call.EpilogueOp{Fn: call.F32VWithin, Words: floatWords(lo, hi)}
}

// EmitRound emits f32_vround.
func EmitRound(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vround", 0, 4, func(_ *asm.Func, x asm.F32x4, _ []asm.F32x4Var) asm.F32x4 { return x.Nearest() })
}

// EmitFloor emits f32_vfloor.
func EmitFloor(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vfloor", 0, 4, func(_ *asm.Func, x asm.F32x4, _ []asm.F32x4Var) asm.F32x4 { return x.Floor() })
}

// EmitCeil emits f32_vceil.
func EmitCeil(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vceil", 0, 4, func(_ *asm.Func, x asm.F32x4, _ []asm.F32x4Var) asm.F32x4 { return x.Ceil() })
}

// EmitTrunc emits f32_vtrunc.
func EmitTrunc(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vtrunc", 2, 4, func(_ *asm.Func, x asm.F32x4, p []asm.F32x4Var) asm.F32x4 {
		y := clamp(x.Trunc().Add(asm.ConstF32x4(0)), p[0].F32x4, p[1].F32x4)
		return y.I32x4().And(x.Eq(x)).F32x4()
	})
}

// EmitSign emits f32_vsign.
func EmitSign(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vsign", 0, 4, func(_ *asm.Func, x asm.F32x4, _ []asm.F32x4Var) asm.F32x4 {
		zero := asm.ConstF32x4(0)
		return truth(x.Gt(zero)).Sub(truth(x.Lt(zero))).Select(x, x.Eq(x))
	})
}

// EmitNonZero emits f32_vnon_zero.
func EmitNonZero(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vnon_zero", 0, 4, func(_ *asm.Func, x asm.F32x4, _ []asm.F32x4Var) asm.F32x4 {
		return truth(x.Ne(asm.ConstF32x4(0)))
	})
}

// EmitWithin emits f32_vwithin.
func EmitWithin(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vwithin", 2, 4, func(_ *asm.Func, x asm.F32x4, p []asm.F32x4Var) asm.F32x4 {
		return truth(p[0].Lt(x).And(x.Lt(p[1].F32x4)))
	})
}

// truth is 1 where a mask has ones, else 0.
func truth(mask asm.I32x4) asm.F32x4 { return asm.ConstF32x4(1).I32x4().And(mask).F32x4() }
