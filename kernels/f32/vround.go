package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// Round is the nearest integer, half to even.
func Round() call.EpilogueOp { return call.EpilogueOp{Fn: call.F32VRound} }

// Within is 1 where lo < x < hi, else 0.
func Within(lo, hi float32) call.EpilogueOp {
	return call.EpilogueOp{Fn: call.F32VWithin, Words: floatWords(lo, hi)}
}

// EmitRound emits f32_vround.
func EmitRound(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vround", 0, 4, func(_ *asm.Func, x asm.F32x4, _ []asm.F32x4Var) asm.F32x4 { return x.Nearest() })
}

// EmitWithin emits f32_vwithin.
func EmitWithin(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vwithin", 2, 4, func(_ *asm.Func, x asm.F32x4, p []asm.F32x4Var) asm.F32x4 {
		return asm.ConstF32x4(1).I32x4().And(p[0].Lt(x)).And(x.Lt(p[1].F32x4)).F32x4()
	})
}
