package q8

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// Add is y = clamp(rhe((sa·(a−za) + sb·(b−zb))/sy) + zy, lo, hi), every operation rounded to float32:
// what DequantizeLinear, Add and QuantizeLinear give; see ref.QAdd for how ONNX Runtime's QLinearAdd
// differs.
type Add struct{ Binary }

// Call is the kernel call. Its units are pieces of rows.
func (b Add) Call() call.Call {
	b.constantLast()
	return b.call(call.Q8Add, b.A.Scale, b.B.Scale, b.Y.Scale)
}

// EmitAdd emits q8_add.
func EmitAdd(e kernel.Env) *asm.Func {
	return emitBinary(e, "q8_add", func(f *asm.Func, scales [3]kernel.Field) binaryOp {
		s := [3]asm.F32x4Var{f.F32x4(), f.F32x4(), f.F32x4()}
		for i := range s {
			s[i].Set(scales[i].F32x4())
		}
		return func(l lanes, v int, a, b asm.I8x16, za, zb asm.I16x8) asm.F32x4 {
			return l.widen(a, v, za).F32S().Mul(s[0].F32x4).Add(l.widen(b, v, zb).F32S().Mul(s[1].F32x4)).Div(s[2].F32x4)
		}
	})
}
