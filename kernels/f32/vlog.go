package f32

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/ref"
)

// Log is the natural logarithm; see ref.Log.
func Log() call.EpilogueOp { return call.EpilogueOp{Fn: call.F32VLog} }

// EmitLog emits f32_vlog.
func EmitLog(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vlog", 0, 1, func(f *asm.Func, x asm.F32x4, _ []asm.F32x4Var) asm.F32x4 {
		s, z := f.F32x4(), f.F32x4()
		p := newSplitLocals(f)
		zero, one := asm.ConstF32x4(0), asm.ConstF32x4(1)
		p.split(x)
		s.Set(p.m.Sub(one).Div(p.m.Add(one)))
		z.Set(s.Mul(s.F32x4))
		s.Set(s.Mul(z.F32x4).Mul(horner(z.F32x4, ref.AtanhPoly())).Add(s.F32x4))
		s.Set(p.e.Mul(asm.ConstF32x4(ref.Ln2High)).Add(p.e.Mul(asm.ConstF32x4(ref.Ln2Low)).Add(s.Add(s.F32x4))))
		inf, nan := asm.ConstF32x4(float32(math.Inf(1))), asm.ConstF32x4(float32(math.NaN()))
		s.Set(s.Select(x, x.Lt(inf)))
		s.Set(inf.Neg().Select(s.F32x4, x.Eq(zero)))
		return nan.Select(s.F32x4, x.Lt(zero))
	})
}
