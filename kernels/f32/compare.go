package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// EmitEqual emits f32_vequal.
func EmitEqual(env kernel.Env) *asm.Func {
	return emitBinary(env, "f32_vequal", func(a, b asm.F32x4) asm.F32x4 { return truth(a.Eq(b)) })
}

// EmitLess emits f32_vless.
func EmitLess(env kernel.Env) *asm.Func {
	return emitBinary(env, "f32_vless", func(a, b asm.F32x4) asm.F32x4 { return truth(a.Lt(b)) })
}

// EmitLessOrEqual emits f32_vless_or_equal.
func EmitLessOrEqual(env kernel.Env) *asm.Func {
	return emitBinary(env, "f32_vless_or_equal", func(a, b asm.F32x4) asm.F32x4 { return truth(a.Le(b)) })
}

// EmitKeep emits f32_vkeep.
func EmitKeep(env kernel.Env) *asm.Func {
	return emitBinary(env, "f32_vkeep", func(a, b asm.F32x4) asm.F32x4 {
		return a.I32x4().And(b.Ne(asm.ConstF32x4(0))).F32x4()
	})
}

// EmitDrop emits f32_vdrop.
func EmitDrop(env kernel.Env) *asm.Func {
	return emitBinary(env, "f32_vdrop", func(a, b asm.F32x4) asm.F32x4 {
		return a.I32x4().And(b.Eq(asm.ConstF32x4(0))).F32x4()
	})
}

// EmitEither emits f32_veither.
func EmitEither(env kernel.Env) *asm.Func {
	return emitBinary(env, "f32_veither", func(a, b asm.F32x4) asm.F32x4 { return a.I32x4().Or(b.I32x4()).F32x4() })
}
