package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// EmitAvgPool emits f32_avgpool.
func EmitAvgPool(env kernel.Env) *asm.Func {
	return emitPool(env, poolOp{
		name:   "f32_avgpool",
		add:    asm.F32x4.Add,
		finish: asm.F32x4.Div,
	})
}
