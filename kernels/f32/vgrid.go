package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// FakeQuantHalfUp is FakeQuant with zero point 0 as Vitis rounds activations: x·inv is limited to
// [n, p] first, and a negative tie goes up; inv = float32(1/s).
func FakeQuantHalfUp(s, n, p float32) call.EpilogueOp {
	return call.EpilogueOp{Fn: call.F32VFakeQuantHalfUp, Words: floatWords(1/s, n, p, s)}
}

// FakeQuantFloat8 rounds x/s, limited to ±most, to a float with so many bits of mantissa and the least
// normal number given, and multiplies by s.
func FakeQuantFloat8(s, most, normal float32, mantissa uint32) call.EpilogueOp {
	return call.EpilogueOp{Fn: call.F32VFakeQuantFloat8, Words: append(floatWords(s, -most, most, normal), mantissa<<23)}
}

// LogBounds are the limits of FakeQuantLog2 for one sign: a magnitude of at most Tiny becomes 0, what
// is more is limited to Least … Most.
type LogBounds struct{ Tiny, Least, Most float32 }

// FakeQuantLog2 takes the magnitude m·2^e, 1 ≤ m < 2, to values[j]·2^e, j being how many of the limits
// lie below m, and gives it x's sign.
func FakeQuantLog2(values [17]float32, limits [16]float32, positive, negative LogBounds) call.EpilogueOp {
	words := floatWords(positive.Tiny, positive.Least, negative.Tiny, negative.Least, positive.Most)
	words = append(words, floatWords(values[:]...)...)
	return call.EpilogueOp{Fn: call.F32VFakeQuantLog2, Words: append(words, floatWords(limits[:]...)...)}
}

// EmitFakeQuantHalfUp emits f32_vfakequant_half_up.
func EmitFakeQuantHalfUp(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vfakequant_half_up", 4, 1, func(f *asm.Func, x asm.F32x4, w []asm.F32x4Var) asm.F32x4 {
		inv, n, p, s := w[0].F32x4, w[1].F32x4, w[2].F32x4, w[3].F32x4
		y, floor := f.F32x4(), f.F32x4()
		y.Set(clamp(x.Mul(inv), n, p))
		floor.Set(y.Floor())
		tie := y.Sub(floor.F32x4).Eq(asm.ConstF32x4(0.5)).And(y.Lt(asm.ConstF32x4(0)))
		return floor.Add(asm.ConstF32x4(1)).Select(y.Nearest(), tie).Mul(s)
	})
}

// exponentBits are those of a float32's exponent.
const exponentBits = 0xff << 23

// EmitFakeQuantFloat8 emits f32_vfakequant_float8. The last place at a number is a power of two: dividing
// by it is exact, and a multiplication by what its bits taken from those of 2^127·2^127 give.
func EmitFakeQuantFloat8(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vfakequant_float8", 5, 1, func(f *asm.Func, x asm.F32x4, w []asm.F32x4Var) asm.F32x4 {
		s, lo, hi, normal, mantissa := w[0].F32x4, w[1].F32x4, w[2].F32x4, w[3].I32x4(), w[4].I32x4()
		y, place := f.F32x4(), f.I32x4()
		y.Set(clamp(x.Div(s), lo, hi))
		place.Set(y.I32x4().And(splat(exponentBits)).MaxS(normal).Sub(mantissa))
		inverse := splat(254 << 23).Sub(place.I32x4).F32x4()
		return y.Mul(inverse).Nearest().Mul(place.F32x4()).Mul(s)
	})
}

// EmitFakeQuantLog2 emits f32_vfakequant_log2.
func EmitFakeQuantLog2(env kernel.Env) *asm.Func {
	return emitOp(env.M, "f32_vfakequant_log2", 38, 1, func(f *asm.Func, x asm.F32x4, w []asm.F32x4Var) asm.F32x4 {
		values, limits := w[5:22], w[22:]
		a, m, y := f.F32x4(), f.F32x4(), f.F32x4()
		minus := x.Lt(asm.ConstF32x4(0))
		a.Set(x.Abs())
		m.Set(a.I32x4().And(splat(1<<23 - 1)).Or(splat(127 << 23)).F32x4())
		y.Set(values[0].F32x4)
		for j, limit := range limits {
			y.Set(values[j+1].Select(y.F32x4, m.Gt(limit.F32x4)))
		}
		least := w[3].Select(w[1].F32x4, minus)
		y.Set(clamp(y.Mul(a.I32x4().And(splat(exponentBits)).F32x4()), least, w[4].F32x4))
		signed := y.I32x4().Or(x.I32x4().And(asm.ConstU32(1 << 31).SplatI32x4()))
		tiny := a.Le(w[2].Select(w[0].F32x4, minus))
		y.Set(signed.AndNot(tiny).F32x4())
		return x.Select(y.F32x4, x.Ne(x))
	})
}
