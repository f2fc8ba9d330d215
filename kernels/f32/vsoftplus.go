package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/ref"
)

// Softplus is log(1 + e^x); see ref.Softplus.
func Softplus() call.EpilogueOp { return call.EpilogueOp{Fn: call.F32VSoftplus} }

// Mish is x·tanh(log(1 + e^x)); see ref.Mish.
func Mish() call.EpilogueOp { return call.EpilogueOp{Fn: call.F32VMish} }

// EmitSoftplus emits f32_vsoftplus.
func EmitSoftplus(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vsoftplus", 0, 1, func(f *asm.Func, x asm.F32x4, _ []asm.F32x4Var) asm.F32x4 {
		t, s, z := f.F32x4(), f.F32x4(), f.F32x4()
		zero := asm.ConstF32x4(0)
		t.Set(newExpLocals(f).exp(x.Abs().Neg()))
		s.Set(t.Div(t.Add(asm.ConstF32x4(2))))
		z.Set(s.Mul(s.F32x4))
		z.Set(s.Mul(z.F32x4).Mul(horner(z.F32x4, ref.AtanhPoly())).Add(s.F32x4))
		return zero.Select(x, x.Lt(zero)).Add(z.Add(z.F32x4))
	})
}

// EmitMish emits f32_vmish.
func EmitMish(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vmish", 0, 1, func(f *asm.Func, x asm.F32x4, _ []asm.F32x4Var) asm.F32x4 {
		t, n, rest, negative := f.F32x4(), f.F32x4(), f.F32x4(), f.I32x4()
		two := asm.ConstF32x4(2)
		t.Set(newExpLocals(f).exp(x.Abs().Neg()))
		negative.Set(x.Lt(asm.ConstF32x4(0)))
		n.Set(t.Mul(t.Add(two)).Select(t.Add(t.F32x4).Add(asm.ConstF32x4(1)), negative.I32x4))
		rest.Set(two.Select(t.Mul(t.F32x4).Mul(two), negative.I32x4))
		return x.Mul(n.Div(n.Add(rest.F32x4)))
	})
}
