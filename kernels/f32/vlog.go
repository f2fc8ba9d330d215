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
		m, e, s, z := f.F32x4(), f.F32x4(), f.F32x4(), f.F32x4()
		tiny, bits, k := f.I32x4(), f.I32x4(), f.I32x4()
		zero, one := asm.ConstF32x4(0), asm.ConstF32x4(1)
		tiny.Set(x.Lt(asm.ConstF32x4(ref.PowTiny)))
		bits.Set(x.Mul(asm.ConstF32x4(ref.PowTinyScale)).Select(x, tiny.I32x4).I32x4())
		k.Set(bits.Sub(splat(ref.PowSqrtHalf)).ShrS(asm.ConstI32(23)))
		m.Set(bits.Sub(k.Shl(asm.ConstI32(23))).F32x4())
		e.Set(k.F32S().Sub(asm.ConstF32x4(ref.PowTinyShift).Select(zero, tiny.I32x4)))
		s.Set(m.Sub(one).Div(m.Add(one)))
		z.Set(s.Mul(s.F32x4))
		s.Set(s.Mul(z.F32x4).Mul(horner(z.F32x4, ref.AtanhPoly())).Add(s.F32x4))
		s.Set(e.Mul(asm.ConstF32x4(ref.Ln2High)).Add(e.Mul(asm.ConstF32x4(ref.Ln2Low)).Add(s.Add(s.F32x4))))
		inf, nan := asm.ConstF32x4(float32(math.Inf(1))), asm.ConstF32x4(float32(math.NaN()))
		s.Set(s.Select(x, x.Lt(inf)))
		s.Set(inf.Neg().Select(s.F32x4, x.Eq(zero)))
		return nan.Select(s.F32x4, x.Lt(zero))
	})
}
