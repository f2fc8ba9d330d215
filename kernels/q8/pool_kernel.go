package q8

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// poolOp is what a pooling does to the window: start, then add for each, then the bytes of the result.
type poolOp struct {
	start  func()
	add    func(l lanes, x asm.I8x16)
	finish func(l lanes) asm.I8x16
}

// poolFunc is a pooling kernel under construction.
type poolFunc struct {
	*asm.Func
	arg    poolArgs[kernel.Field]
	round  rounding
	inside asm.I32Var // positions of the window in the image
	count  asm.I32Var // that the mean is of
}

func newPool(e kernel.Env, name string) poolFunc {
	f := e.M.Func(name, kernel.Signature())
	p := poolFunc{Func: f, arg: kernel.Fields[poolArgs[kernel.Field]](f.ParamI32(0).I32, 0), round: newRounding(f), inside: f.I32(), count: f.I32()}
	p.round.load(p.arg.Round)
	return p
}

// emit emits the loops: for each output pixel the window is clipped, then every sixteen channels go
// over its positions.
func (f poolFunc) emit(op poolOp) {
	from, to := f.ParamI32(1), f.ParamI32(2)
	arg := f.arg
	unit, groups, group, image, row, x, y := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	top, left, ox := f.I32(), f.I32(), f.I32()
	yLo, yHi, xLo, xHi, pLo, pHi, paddedRows := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	p, q, i, j, n, stepH, stepW, skip := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	bytes := f.I8x16()
	groups.Set(arg.C.I32().AddC(poolChannels - 1).DivU(asm.ConstI32(poolChannels)))
	stepH.Set(arg.DilH.I32().Mul(arg.X.Row.I32()))
	stepW.Set(arg.DilW.I32().Mul(arg.X.Pix.I32()))
	f.For(unit, from.I32, to.I32, 1, func() {
		row.Set(unit.DivU(groups.I32))
		group.Set(unit.RemU(groups.I32).MulC(poolChannels))
		image.Set(row.DivU(arg.OH.I32()))
		row.Set(row.RemU(arg.OH.I32()))
		x.Set(arg.X.At.I32().Add(image.Mul(arg.X.Img.I32())).Add(group.I32))
		y.Set(arg.Y.At.I32().Add(image.Mul(arg.Y.Img.I32())).Add(group.I32).Add(row.Mul(arg.Y.Row.I32())))
		top.Set(row.Mul(arg.StrideH.I32()).Sub(arg.PadT.I32()))
		clip(f.Func, pLo, pHi, top.I32, arg.KH.I32(), arg.DilH.I32(), arg.PaddedH.I32())
		paddedRows.Set(pHi.I32)
		clip(f.Func, yLo, yHi, top.I32, arg.KH.I32(), arg.DilH.I32(), arg.H.I32())
		f.For(ox, asm.ConstI32(0), arg.OW.I32(), 1, func() {
			left.Set(ox.Mul(arg.StrideW.I32()).Sub(arg.PadL.I32()))
			clip(f.Func, pLo, pHi, left.I32, arg.KW.I32(), arg.DilW.I32(), arg.PaddedW.I32())
			clip(f.Func, xLo, xHi, left.I32, arg.KW.I32(), arg.DilW.I32(), arg.W.I32())
			f.inside.Set(yHi.Sub(yLo.I32).Mul(xHi.Sub(xLo.I32)))
			f.count.Set(paddedRows.Mul(pHi.I32).Select(f.inside.I32, arg.CountPad.I32()))
			skip.Set(stepH.Sub(xHi.Sub(xLo.I32).Mul(stepW.I32)))
			n.Set(arg.C.I32().Sub(group.I32))
			f.If(n.GtU(asm.ConstI32(poolChannels)), func() { n.Set(asm.ConstI32(poolChannels)) }, nil)
			// of channel 0, the first position inside the image
			q.Set(x.Add(top.Mul(arg.X.Row.I32())).Add(yLo.Mul(stepH.I32)).Add(left.Mul(arg.X.Pix.I32())).Add(xLo.Mul(stepW.I32)))
			p.Set(y.I32)
			emitStrip(f.Func, n, []pointer{{p, 1}, {q, 1}}, func(l lanes) {
				op.start()
				row.Set(q.I32)
				i.Set(yHi.Sub(yLo.I32))
				f.While(func() asm.I32 { return i.I32 }, func() {
					j.Set(xHi.Sub(xLo.I32))
					f.While(func() asm.I32 { return j.I32 }, func() {
						bytes.Set(f.round.unsigned(l.load(row.I32)))
						op.add(l, bytes.I8x16)
						row.Set(row.Add(stepW.I32))
						j.Set(j.SubC(1))
					})
					row.Set(row.Add(skip.I32))
					i.Set(i.SubC(1))
				})
				l.store(f.Func, p.I32, op.finish(l))
			})
			y.Set(y.Add(arg.Y.Pix.I32()))
		})
	})
}

// clip emits lo = the first of k positions d apart from start that is not before 0, or k, and hi = the
// first that is not before limit, or k; not before lo.
func clip(f *asm.Func, lo, hi asm.I32Var, start, k, d, limit asm.I32) {
	lo.Set(asm.ConstI32(0))
	f.If(start.LtS(asm.ConstI32(0)), func() {
		lo.Set(d.Sub(start).SubC(1).DivU(d))
		f.If(lo.GtU(k), func() { lo.Set(k) }, nil)
	}, nil)
	hi.Set(lo.I32)
	f.If(start.LtS(limit), func() {
		hi.Set(limit.Sub(start).Add(d).SubC(1).DivU(d))
		f.If(hi.GtU(k), func() { hi.Set(k) }, nil)
		f.If(hi.LtU(lo.I32), func() { hi.Set(lo.I32) }, nil)
	}, nil)
}
