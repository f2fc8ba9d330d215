package q8

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// Mul is y = clamp(rhe(float32((a−za)·(b−zb))·M) + zy, lo, hi) with M = sa·sb/sy, rounded twice; see
// ref.QMul.
type Mul struct{ Binary }

// Call is the kernel call. Its units are pieces of rows.
func (b Mul) Call() call.Call {
	if c, ok := b.perChannel(); ok {
		return c
	}
	b.constantLast()
	return b.call(call.Q8Mul, b.A.Scale*b.B.Scale/b.Y.Scale)
}

// EmitMul emits q8_mul.
func EmitMul(e kernel.Env) *asm.Func {
	return emitBinary(e, "q8_mul", func(f *asm.Func, scales [3]kernel.Field) binaryOp {
		m := f.F32x4()
		m.Set(scales[0].F32x4())
		return func(_ lanes, v int, a, b asm.I8x16, za, zb asm.I16x8) asm.F32x4 {
			x, y := a.LowU(), b.LowU()
			if v >= 2 {
				x, y = a.HighU(), b.HighU()
			}
			if x, y = x.Sub(za), y.Sub(zb); v%2 == 1 {
				return x.MulHighS(y).F32S().Mul(m.F32x4)
			}
			return x.MulLowS(y).F32S().Mul(m.F32x4)
		}
	})
}
