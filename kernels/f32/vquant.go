package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// FakeQuant quantizes and dequantizes by the rule of PyTorch and MQBench (spec §1.2):
// q = nearest(x·inv) + zp limited to [n, p], then (q-zp)·s, with inv = float32(1/s).
func FakeQuant(s, zp, n, p float32) call.EpilogueOp {
	return call.EpilogueOp{Fn: call.F32VFakeQuant, Words: floatWords(1/s, n-zp, p-zp, s)}
}

// FakeQuantDiv is FakeQuant by the rule of ONNX, x/s in place of x·inv.
func FakeQuantDiv(s, zp, n, p float32) call.EpilogueOp {
	return call.EpilogueOp{Fn: call.F32VFakeQuantDiv, Words: floatWords(s, n-zp, p-zp)}
}

// Quantize is ONNX QuantizeLinear, the integer kept as a float.
func Quantize(s, zp, n, p float32) call.EpilogueOp {
	return call.EpilogueOp{Fn: call.F32VQuantize, Words: floatWords(s, zp, n, p)}
}

// Dequantize is ONNX DequantizeLinear of an integer kept as a float.
func Dequantize(s, zp float32) call.EpilogueOp {
	return call.EpilogueOp{Fn: call.F32VDequantize, Words: floatWords(s, zp)}
}

// EmitFakeQuant emits f32_vfakequant.
func EmitFakeQuant(env kernel.Env) *asm.Func {
	return emitPreparedOp(env.M, "f32_vfakequant", 4, 2, func(f *asm.Func, w []asm.F32x4Var) func(x asm.F32x4) asm.F32x4 {
		zero := f.F32x4()
		return func(x asm.F32x4) asm.F32x4 { return backToFloat(x.Mul(w[0].F32x4), w[1:], zero) }
	})
}

// backToFloat rounds q and limits it relative to the zero point, which spares adding and taking away
// the zero point: sums of integers are exact, and what is too large for that is limited either way. All
// that is left of them is that adding +0 turns −0. w is the limits and the scale, zero a local as it is
// at first.
func backToFloat(q asm.F32x4, w []asm.F32x4Var, zero asm.F32x4Var) asm.F32x4 {
	return clamp(q.Nearest(), w[0].F32x4, w[1].F32x4).Add(zero.F32x4).Mul(w[2].F32x4)
}

// EmitFakeQuantDiv emits f32_vfakequant_div.
func EmitFakeQuantDiv(env kernel.Env) *asm.Func {
	return emitPreparedOp(env.M, "f32_vfakequant_div", 3, 2, func(f *asm.Func, w []asm.F32x4Var) func(x asm.F32x4) asm.F32x4 {
		zero := f.F32x4()
		return func(x asm.F32x4) asm.F32x4 {
			return backToFloat(x.Div(w[0].F32x4), []asm.F32x4Var{w[1], w[2], w[0]}, zero)
		}
	})
}

// EmitQuantize emits f32_vquantize.
func EmitQuantize(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vquantize", 4, 2, func(_ *asm.Func, x asm.F32x4, w []asm.F32x4Var) asm.F32x4 {
		s, zp, n, p := w[0].F32x4, w[1].F32x4, w[2].F32x4, w[3].F32x4
		return clamp(x.Div(s).Nearest().Add(zp), n, p)
	})
}

// EmitDequantize emits f32_vdequantize.
func EmitDequantize(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vdequantize", 2, 2, func(_ *asm.Func, x asm.F32x4, w []asm.F32x4Var) asm.F32x4 {
		return x.Sub(w[1].F32x4).Mul(w[0].F32x4)
	})
}
