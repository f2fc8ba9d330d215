package q8

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// emitDWAny emits q8_dwconv_any(args, x, y, 0), one output row of any window: one output column at a
// time, eight channels at a time, then one by one.
func emitDWAny(m *asm.Module, signed bool) *asm.Func {
	f := m.Func("q8_dwconv_any", kernel.Signature())
	arg, x, y := kernel.Fields[dwArgs[kernel.Field]](f.ParamI32(0).I32, 0), f.ParamI32(1), f.ParamI32(2)
	col, c, channels, ky, kx := f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	w, xr, xp, out, step, sum := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	acc := [2]asm.I32x4Var{f.I32x4(), f.I32x4()}
	in, weight, narrow, bytes := f.I16x8(), f.I16x8(), f.I16x8(), f.I8x16()
	round := newRounding(f)
	channels.Set(arg.C.I32())
	step.Set(arg.DilW.I32().Mul(arg.X.Pix.I32()))
	round.load(arg.Out.Round)
	isFloat := arg.Out.Float.I32()
	window := func(position func()) {
		w.Set(arg.W.I32().Add(channels.ShlC(3)).Add(c.ShlC(1)))
		xr.Set(x.Add(c.I32))
		f.For(ky, asm.ConstI32(0), arg.KH.I32(), 1, func() {
			xp.Set(xr.I32)
			f.For(kx, asm.ConstI32(0), arg.KW.I32(), 1, func() {
				position()
				w.Set(w.Add(channels.ShlC(1)))
				xp.Set(xp.Add(step.I32))
			})
			xr.Set(xr.Add(arg.DilH.I32().Mul(arg.X.Row.I32())))
		})
	}
	bias := func() asm.I32 { return arg.W.I32().Add(c.ShlC(2)) }
	multiplier := func() asm.I32 { return bias().Add(channels.ShlC(2)) }
	address := func() asm.I32 { return y.Add(c.Shl(isFloat.ShlC(1))) }
	f.For(col, asm.ConstI32(0), arg.OW.I32(), 1, func() {
		f.For(c, asm.ConstI32(0), channels.AndC(-8), 8, func() {
			for h := range acc {
				acc[h].Set(bias().LoadI32x4(uint32(16 * h)))
			}
			window(func() {
				if signed {
					in.Set(xp.LoadExtendS8x8(0))
				} else {
					in.Set(xp.LoadExtendU8x8(0))
				}
				weight.Set(w.LoadI16x8(0))
				acc[0].Set(acc[0].Add(in.MulLowS(weight.I16x8)))
				acc[1].Set(acc[1].Add(in.MulHighS(weight.I16x8)))
			})
			scaled := func(h int) asm.F32x4 { return acc[h].F32S().Mul(multiplier().LoadF32x4(uint32(16 * h))) }
			out.Set(address())
			f.If(isFloat, func() {
				f.StoreF32x4(out.I32, 0, scaled(0))
				f.StoreF32x4(out.I32, 16, scaled(1))
			}, func() {
				narrow.Set(round.whole(scaled(0)).NarrowS(round.whole(scaled(1))))
				bytes.Set(round.bytes(narrow.I16x8, narrow.I16x8))
				storeBytes(f, out.I32, bytes, 8)
			})
		})
		f.For(c, channels.AndC(-8), channels.I32, 1, func() {
			sum.Set(bias().LoadI32(0))
			window(func() {
				if signed {
					sum.Set(sum.Add(xp.LoadI8S(0).Mul(w.LoadI16S(0))))
				} else {
					sum.Set(sum.Add(xp.LoadI8U(0).Mul(w.LoadI16S(0))))
				}
			})
			scaled := sum.F32S().Mul(multiplier().LoadF32(0))
			f.If(isFloat, func() { f.StoreF32(address(), 0, scaled) }, func() {
				narrow.Set(round.whole(scaled.Splat()).I16x8())
				narrow.Set(narrow.I32x4().NarrowS(narrow.I32x4()))
				bytes.Set(round.bytes(narrow.I16x8, narrow.I16x8))
				f.StoreI8(address(), 0, bytes.LaneU(0))
			})
		})
		x.Set(x.Add(arg.StrideW.I32().Mul(arg.X.Pix.I32())))
		y.Set(y.Add(arg.Y.Pix.I32()))
	})
	return f
}
