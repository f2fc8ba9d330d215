package f32

import (
	"strconv"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// dwColumns is how many output columns are made at once: 7 accumulators and 3 or 5 weights fit in
// 16 registers, and the sides of ImageNet's feature maps are multiples of 7.
const dwColumns = 7

// EmitDWConv emits the kernel of DWConv: the loop over output rows. Square windows of 3 and 5 with
// stride 1 and 2 have functions of their own, which take four channels at a time; the rest of the
// channels, and every other window, falls to one for all.
func EmitDWConv(e kernel.Env) *asm.Func {
	anyRow := emitDWAny(e.M)
	type special struct {
		k, stride int32
		row       *asm.Func // (args, x, y, c): addresses of the first window and of the row, first channel
	}
	var specials []special
	for _, k := range []int{3, 5} {
		for _, s := range []int{1, 2} {
			specials = append(specials, special{int32(k), int32(s), emitDWSpecial(e.M, k, s)})
		}
	}
	f := e.M.Func("f32_dwconv", kernel.Signature())
	args, from, to, thread := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	arg := kernel.Fields[dwArgs[kernel.Field]](args.I32, 0)
	x, y, c, img, row := f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	f.For(from, from.I32, to.I32, 1, func() {
		img.Set(from.DivU(arg.OH.I32()))
		row.Set(from.RemU(arg.OH.I32()))
		x.Set(arg.X.At.I32().Add(img.Mul(arg.X.Img.I32())).
			Add(row.Mul(arg.StrideH.I32()).Mul(arg.X.Row.I32())))
		y.Set(arg.Y.At.I32().Add(img.Mul(arg.Y.Img.I32())).Add(row.Mul(arg.Y.Row.I32())))
		c.Set(asm.ConstI32(0))
		f.Block(func(done asm.Label) {
			for _, s := range specials {
				fits := arg.KH.I32().Eq(asm.ConstI32(s.k)).And(arg.KW.I32().Eq(asm.ConstI32(s.k))).
					And(arg.StrideW.I32().Eq(asm.ConstI32(s.stride))).And(arg.DilW.I32().Eq(asm.ConstI32(1)))
				f.If(fits, func() {
					f.Call(s.row, args, x, y, c)
					c.Set(arg.C.I32().AndC(-4))
					f.Br(done)
				}, nil)
			}
		})
		f.If(c.LtU(arg.C.I32()), func() { f.Call(anyRow, args, x, y, c) }, nil)
		f.If(arg.Epilogue.Any(), func() { callDWEpilogue(e, f, arg, y, thread) }, nil)
	})
	return f
}

// callDWEpilogue runs the epilogue over the row at y: at once where its pixels lie one behind the other,
// else pixel by pixel.
func callDWEpilogue(e kernel.Env, f *asm.Func, arg dwArgs[kernel.Field], y, thread asm.I32Var) {
	n, i := f.I32(), f.I32()
	chain := arg.Epilogue.Address()
	n.Set(arg.C.I32())
	f.If(arg.Y.Pix.I32().Eq(n.ShlC(2)), func() {
		e.Epilogue(f, chain, y, n.Mul(arg.OW.I32()), thread)
	}, func() {
		f.For(i, asm.ConstI32(0), arg.OW.I32(), 1, func() {
			e.Epilogue(f, chain, y, n, thread)
			y.Set(y.Add(arg.Y.Pix.I32()))
		})
	})
}

// emitDWAny emits the row of any window: one output column at a time, four channels at a time, then
// one by one.
func emitDWAny(m *asm.Module) *asm.Func {
	f := m.Func("f32_dwconv_any", kernel.Signature())
	arg, x, y, c0 := kernel.Fields[dwArgs[kernel.Field]](f.ParamI32(0).I32, 0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	col, c, channels, ky, kx := f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	w, xr, xp, step := f.I32(), f.I32(), f.I32(), f.I32()
	acc := f.F32x4()
	fake := fakeLocals{f.F32x4(), f.F32x4(), f.F32x4(), f.F32x4()}
	channels.Set(arg.C.I32().ShlC(2)) // in bytes, as c
	c0.Set(c0.ShlC(2))
	step.Set(arg.DilW.I32().Mul(arg.X.Pix.I32()))
	sum := func(load func(a asm.I32) asm.F32x4) {
		w.Set(arg.W.I32().Add(c.I32))
		acc.Set(load(w.I32))
		xr.Set(x.Add(c.I32))
		f.For(ky, asm.ConstI32(0), arg.KH.I32(), 1, func() {
			xp.Set(xr.I32)
			f.For(kx, asm.ConstI32(0), arg.KW.I32(), 1, func() {
				w.Set(w.Add(channels.I32))
				acc.Set(acc.Add(load(xp.I32).Mul(load(w.I32))))
				xp.Set(xp.Add(step.I32))
			})
			xr.Set(xr.Add(arg.DilH.I32().Mul(arg.X.Row.I32())))
		})
		acc.Set(acc.PMax(arg.Lo.F32x4()).PMin(arg.Hi.F32x4()))
		fake.emit(f, arg.Fake, func(q func(x asm.F32x4) asm.F32x4) { acc.Set(q(acc.F32x4)) })
	}
	f.For(col, asm.ConstI32(0), arg.OW.I32(), 1, func() {
		f.For(c, c0.I32, channels.AndC(-16), 16, func() {
			sum(func(a asm.I32) asm.F32x4 { return a.LoadF32x4(0) })
			f.StoreF32x4(y.Add(c.I32), 0, acc.F32x4)
		})
		f.For(c, channels.AndC(-16).Select(c0.I32, channels.AndC(-16).GtU(c0.I32)), channels.I32, 4, func() {
			sum(func(a asm.I32) asm.F32x4 { return a.LoadZero32F32x4(0) })
			f.StoreLane32(y.Add(c.I32), 0, acc.F32x4, 0)
		})
		x.Set(x.Add(arg.StrideW.I32().Mul(arg.X.Pix.I32())))
		y.Set(y.Add(arg.Y.Pix.I32()))
	})
	return f
}

// dwSpecial is the function under construction for windows of k×k and one stride.
type dwSpecial struct {
	*asm.Func
	k, stride            int
	arg                  dwArgs[kernel.Field]
	x, y                 asm.I32Var
	channels, pix, pitch asm.I32Var // bytes of a pixel's channels, from pixel to pixel, from window row to row
	c, ky, w, yp, xr, xp asm.I32Var
	acc, weight          []asm.F32x4Var
	in, lo, hi           asm.F32x4Var
	fake                 fakeLocals
}

// emitDWSpecial emits f32_dwconv_<k>x<k>s<stride>, the row of all channels but the last C%4.
func emitDWSpecial(m *asm.Module, k, stride int) *asm.Func {
	d := dwSpecial{Func: m.Func("f32_dwconv_"+strconv.Itoa(k)+"x"+strconv.Itoa(k)+"s"+strconv.Itoa(stride), kernel.Signature()), k: k, stride: stride}
	d.arg, d.x, d.y = kernel.Fields[dwArgs[kernel.Field]](d.ParamI32(0).I32, 0), d.ParamI32(1), d.ParamI32(2)
	d.channels, d.pix, d.pitch = d.I32(), d.I32(), d.I32()
	d.c, d.ky, d.w, d.yp, d.xr, d.xp = d.I32(), d.I32(), d.I32(), d.I32(), d.I32(), d.I32()
	left := d.I32()
	for range dwColumns {
		d.acc = append(d.acc, d.F32x4())
	}
	for range k {
		d.weight = append(d.weight, d.F32x4())
	}
	d.in, d.lo, d.hi = d.F32x4(), d.F32x4(), d.F32x4()
	d.fake = fakeLocals{d.in, d.weight[0], d.weight[1], d.weight[2]} // free when a window has been summed up
	d.channels.Set(d.arg.C.I32().ShlC(2))
	d.pix.Set(d.arg.X.Pix.I32())
	d.pitch.Set(d.arg.X.Row.I32().Mul(d.arg.DilH.I32()))
	d.lo.Set(d.arg.Lo.F32x4())
	d.hi.Set(d.arg.Hi.F32x4())
	left.Set(d.arg.OW.I32())
	for _, n := range []int{dwColumns, 4, 2, 1} {
		d.Block(func(done asm.Label) {
			d.Loop(func(again asm.Label) {
				d.BrIf(done, left.LtU(asm.ConstI32(int32(n))))
				if n == dwColumns { // two fours are faster than seven and one
					d.BrIf(done, left.Eq(asm.ConstI32(8)))
				}
				d.columns(n)
				d.x.Set(d.x.Add(d.pix.MulC(int32(n * stride))))
				d.y.Set(d.y.Add(d.arg.Y.Pix.I32().MulC(int32(n))))
				left.Set(left.SubC(int32(n)))
				d.Br(again)
			})
		})
	}
	return d.Func
}

// columns makes n output columns beside each other: every input is loaded once per window row and
// feeds all outputs whose windows it lies in. Weights come from the nearest cache.
func (d *dwSpecial) columns(n int) {
	acc := d.acc[:n]
	d.For(d.c, asm.ConstI32(0), d.channels.AndC(-16), 16, func() {
		d.w.Set(d.arg.W.I32().Add(d.c.I32))
		acc[0].Set(d.w.LoadF32x4(0))
		for _, a := range acc[1:] {
			a.Set(acc[0].F32x4)
		}
		d.xr.Set(d.x.Add(d.c.I32))
		if d.k == 3 { // measured: unrolled is up to a tenth faster with 3 rows, no faster with 5
			for range d.k {
				d.windowRow(acc)
			}
		} else {
			d.ky.Set(asm.ConstI32(int32(d.k)))
			d.Loop(func(nextRow asm.Label) {
				d.windowRow(acc)
				d.BrIf(nextRow, d.ky.Tee(d.ky.SubC(1)))
			})
		}
		for _, a := range acc {
			a.Set(a.PMax(d.lo.F32x4).PMin(d.hi.F32x4))
		}
		d.fake.emit(d.Func, d.arg.Fake, func(q func(x asm.F32x4) asm.F32x4) {
			for _, a := range acc {
				a.Set(q(a.F32x4))
			}
		})
		d.yp.Set(d.y.Add(d.c.I32))
		for _, a := range acc {
			d.StoreF32x4(d.yp.I32, 0, a.F32x4)
			d.yp.Set(d.yp.Add(d.arg.Y.Pix.I32()))
		}
	})
}

// windowRow adds one row of the window to the outputs and goes on to the next: w is the weights
// before it, xr its first input.
func (d *dwSpecial) windowRow(acc []asm.F32x4Var) {
	for _, w := range d.weight {
		d.w.Set(d.w.Add(d.channels.I32))
		w.Set(d.w.LoadF32x4(0))
	}
	d.xp.Set(d.xr.I32)
	for j := range (len(acc)-1)*d.stride + d.k {
		d.in.Set(d.xp.LoadF32x4(0))
		d.xp.Set(d.xp.Add(d.pix.I32))
		for o, a := range acc {
			if kx := j - o*d.stride; kx >= 0 && kx < d.k {
				a.Set(a.Add(d.in.Mul(d.weight[kx].F32x4)))
			}
		}
	}
	d.xr.Set(d.xr.Add(d.pitch.I32))
}
