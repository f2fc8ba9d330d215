package f32

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// EmitMaxPool emits f32_maxpool.
func EmitMaxPool(env kernel.Env) *asm.Func {
	return emitPool(env, poolOp{
		name:   "f32_maxpool",
		start:  float32(math.Inf(-1)),
		add:    asm.F32x4.PMax,
		finish: func(acc, _ asm.F32x4) asm.F32x4 { return acc },
	})
}
