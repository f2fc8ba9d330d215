package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/ref"
)

// Lookup quantizes as FakeQuant and gives what a table holds for the code: element q-n of the p-n+1
// floats at the address table. Whatever follows a fake-quantizer element by element is such a table.
// NaN passes.
func Lookup(s, zp, n, p float32, table uint32) call.EpilogueOp {
	return call.EpilogueOp{Fn: call.F32VLookup, Words: lookupWords(1/s, zp, n, p, table)}
}

// LookupDiv is Lookup by the rule of ONNX, x/s in place of x·(1/s).
func LookupDiv(s, zp, n, p float32, table uint32) call.EpilogueOp {
	return call.EpilogueOp{Fn: call.F32VLookupDiv, Words: lookupWords(s, zp, n, p, table)}
}

// lookupMagic rounds by being added, see ref.RoundMagic; its sum with a small integer has that in its low
// bits.
const lookupMagic = ref.RoundMagic - 127

// lookupBits is lookupMagic as it is in memory.
const lookupBits = 0x4b400000

// lookupWords are the factor, the limits relative to the zero point, and what is added to four times the
// bits of a rounded sum to make it an address.
func lookupWords(factor, zp, n, p float32, table uint32) []uint32 {
	at := table - 4*uint32(int32(n-zp)) - lookupBits<<2&0xffffffff
	return append(floatWords(factor, n-zp, p-zp), at)
}

// EmitLookup emits f32_vlookup.
func EmitLookup(env kernel.Env) *asm.Func { return emitLookup(env, "f32_vlookup", asm.F32x4.Mul) }

// EmitLookupDiv emits f32_vlookup_div.
func EmitLookupDiv(env kernel.Env) *asm.Func {
	return emitLookup(env, "f32_vlookup_div", asm.F32x4.Div)
}

func emitLookup(env kernel.Env, name string, scaled func(x, factor asm.F32x4) asm.F32x4) *asm.Func {
	return emitPreparedOp(env.M, name, 4, 2, func(f *asm.Func, w []asm.F32x4Var) func(x asm.F32x4) asm.F32x4 {
		magic := f.F32x4()
		magic.Set(asm.ConstF32x4(lookupMagic))
		return func(x asm.F32x4) asm.F32x4 {
			at, low, high := f.I32x4(), f.F32x4(), f.F32x4()
			// With the bound first, NaN becomes the bound, and an address that is there.
			q := w[1].PMax(scaled(x, w[0].F32x4)).PMin(w[2].F32x4)
			at.Set(q.Add(magic.F32x4).I32x4().Shl(asm.ConstI32(2)).Add(w[3].I32x4()))
			entry := func(lane int) asm.F32x4 { return at.Lane(lane).LoadZero32F32x4(0) }
			low.Set(entry(0).Shuffle(entry(1), [4]int{0, 4, 1, 5}))
			high.Set(entry(2).Shuffle(entry(3), [4]int{0, 4, 1, 5}))
			y := low.Shuffle(high.F32x4, [4]int{0, 1, 4, 5})
			return y.I32x4().Or(x.Ne(x)).F32x4()
		}
	})
}
