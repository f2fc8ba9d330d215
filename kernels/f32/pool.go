package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// Pool is a pooling layer, channels last. The window of output (oy, ox) starts at input row
// oy·StrideH - PadT and column ox·StrideW - PadL; only window positions inside the H×W image are read, so that
// no halo is needed, and one that is there does not matter. OH and OW are the caller's (ceil_mode).
type Pool struct {
	X                      uint32 // address of image 0, row 0, pixel 0, channel 0, without halo
	XImg, XRow, XPix       uint32 // bytes from image to image, row to row, pixel to pixel
	Y                      uint32
	YImg, YRow, YPix       uint32
	N, H, W, C, OH, OW     uint32
	KH, KW                 uint32
	StrideH, StrideW       uint32
	DilH, DilW             uint32 // 1: dense
	PadT, PadL, PadB, PadR uint32
	Epilogue               []call.EpilogueOp // over rows of the output, or over its pixels where they have gaps
}

// MaxPool takes the greatest value of each window; see ref.MaxPool.
type MaxPool struct{ Pool }

// AvgPool is the mean of each window; see ref.AvgPool.
type AvgPool struct {
	Pool
	CountPad bool // count_include_pad: positions in the padding count as zeros
}

// Call is the kernel call. Its units are the N·OH output rows.
func (p MaxPool) Call() call.Call { return p.call(call.F32MaxPool, 0) }

// Call is the kernel call. Its units are the N·OH output rows.
func (p AvgPool) Call() call.Call {
	if p.CountPad {
		return p.call(call.F32AvgPool, 1)
	}
	return p.call(call.F32AvgPool, 0)
}

func (p Pool) call(id call.ID, countPad uint32) call.Call {
	return call.Call{Kernel: id, Units: p.N * p.OH, Args: kernel.Words(poolArgs[uint32]{
		X: kernel.Image[uint32]{At: p.X, Img: p.XImg, Row: p.XRow, Pix: p.XPix}, Y: kernel.Image[uint32]{At: p.Y, Img: p.YImg, Row: p.YRow, Pix: p.YPix},
		H: p.H, W: p.W, C: p.C, OH: p.OH, OW: p.OW, KH: p.KH, KW: p.KW, StrideH: p.StrideH, StrideW: p.StrideW, DilH: p.DilH, DilW: p.DilW,
		PadT: p.PadT, PadL: p.PadL, PaddedH: p.H + p.PadB, PaddedW: p.W + p.PadR, CountPad: countPad,
	}), Epilogue: p.Epilogue}
}

// poolArgs are the arguments of the kernels, named as in Pool; PaddedH is H + PadB, the end of the rows that count
// with CountPad.
type poolArgs[W any] struct {
	X, Y                                                  kernel.Image[W]
	H, W, C, OH, OW, KH, KW, StrideH, StrideW, DilH, DilW W
	PadT, PadL, PaddedH, PaddedW, CountPad                W
	Epilogue                                              kernel.Tail
}

// poolOp is what a pooling does to the window: start, then add for each, then finish, given the count.
type poolOp struct {
	name   string
	start  float32
	add    func(acc, x asm.F32x4) asm.F32x4
	finish func(acc, count asm.F32x4) asm.F32x4
}

// emitPool emits a pooling kernel: for each output pixel the window is clipped, then every block of
// channels goes over its positions.
func emitPool(env kernel.Env, op poolOp) *asm.Func {
	f := env.M.Func(op.name, kernel.Signature())
	from, to, thread := f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	arg := kernel.Fields[poolArgs[kernel.Field]](f.ParamI32(0).I32, 0)
	unit, ox, row, y, x := f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	yLo, yHi, xLo, xHi := f.I32(), f.I32(), f.I32(), f.I32()
	stepH, stepW, skip, at, c, i, j, p, q := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	paddedH, count := f.I32(), f.F32x4()
	acc := []asm.F32x4Var{f.F32x4(), f.F32x4(), f.F32x4(), f.F32x4()}

	// firstInside emits the first of k positions d apart from start that is not before 0, or k.
	firstInside := func(lo asm.I32Var, start asm.I32, k, d kernel.Field) {
		lo.Set(asm.ConstI32(0))
		f.If(start.LtS(asm.ConstI32(0)), func() {
			lo.Set(d.I32().Sub(start).AddC(-1).DivU(d.I32()))
			f.If(lo.GtU(k.I32()), func() { lo.Set(k.I32()) }, nil)
		}, nil)
	}
	// endInside emits the first of k positions that is not before limit, or k; not before lo.
	endInside := func(hi asm.I32Var, lo, start asm.I32, k, d, limit kernel.Field) {
		hi.Set(lo)
		f.If(start.LtS(limit.I32()), func() {
			hi.Set(limit.I32().Sub(start).Add(d.I32()).AddC(-1).DivU(d.I32()))
			f.If(hi.GtU(k.I32()), func() { hi.Set(k.I32()) }, nil)
			f.If(hi.LtU(lo), func() { hi.Set(lo) }, nil)
		}, nil)
	}
	// block goes over the window for the channels at c: vectors, or one channel.
	block := func(l lanes, vectors int) {
		for v := range vectors {
			acc[v].Set(asm.ConstF32x4(op.start))
		}
		q.Set(at.Add(c.I32))
		i.Set(yHi.Sub(yLo.I32))
		f.While(func() asm.I32 { return i.I32 }, func() {
			j.Set(xHi.Sub(xLo.I32))
			f.While(func() asm.I32 { return j.I32 }, func() {
				for v := range vectors {
					acc[v].Set(op.add(acc[v].F32x4, l.load(q.I32, uint32(16*v))))
				}
				q.Set(q.Add(stepW.I32))
				j.Set(j.AddC(-1))
			})
			q.Set(q.Add(skip.I32))
			i.Set(i.AddC(-1))
		})
		for v := range vectors {
			l.store(f, p.Add(c.I32), uint32(16*v), op.finish(acc[v].F32x4, count.F32x4))
		}
	}
	loop := func(l lanes, vectors int, bytes int32) {
		end := func() asm.I32 { return arg.C.I32().ShlC(2) }
		f.While(func() asm.I32 { return c.AddC(bytes).LeU(end()) }, func() {
			block(l, vectors)
			c.Set(c.AddC(bytes))
		})
	}
	pixel := func() {
		x.Set(ox.Mul(arg.StrideW.I32()).Sub(arg.PadL.I32()))
		firstInside(xLo, x.I32, arg.KW, arg.DilW)
		f.If(arg.CountPad.I32(), func() {
			endInside(xHi, asm.ConstI32(0), x.I32, arg.KW, arg.DilW, arg.PaddedW)
			count.Set(paddedH.Mul(xHi.I32).F32S().Splat())
			endInside(xHi, xLo.I32, x.I32, arg.KW, arg.DilW, arg.W)
		}, func() {
			endInside(xHi, xLo.I32, x.I32, arg.KW, arg.DilW, arg.W)
			count.Set(yHi.Sub(yLo.I32).Mul(xHi.Sub(xLo.I32)).F32S().Splat())
		})
		at.Set(row.Add(x.Mul(arg.X.Pix.I32())).Add(xLo.Mul(stepW.I32)))
		skip.Set(stepH.Sub(xHi.Sub(xLo.I32).Mul(stepW.I32)))
		c.Set(asm.ConstI32(0))
		loop(lanes{}, 4, 64)
		loop(lanes{}, 1, 16)
		loop(lanes{single: true}, 1, 4)
	}
	stepH.Set(arg.DilH.I32().Mul(arg.X.Row.I32()))
	stepW.Set(arg.DilW.I32().Mul(arg.X.Pix.I32()))
	f.For(unit, from.I32, to.I32, 1, func() {
		img := unit.DivU(arg.OH.I32())
		y.Set(unit.RemU(arg.OH.I32()))
		p.Set(outputRow(arg.Y, img, y.I32))
		y.Set(y.Mul(arg.StrideH.I32()).Sub(arg.PadT.I32()))
		firstInside(yLo, y.I32, arg.KH, arg.DilH)
		endInside(paddedH, asm.ConstI32(0), y.I32, arg.KH, arg.DilH, arg.PaddedH)
		endInside(yHi, yLo.I32, y.I32, arg.KH, arg.DilH, arg.H)
		row.Set(arg.X.At.I32().Add(img.Mul(arg.X.Img.I32())).Add(y.Mul(arg.X.Row.I32())).Add(yLo.Mul(stepH.I32)))
		f.For(ox, asm.ConstI32(0), arg.OW.I32(), 1, func() {
			pixel()
			pixelEpilogue(f, env, arg.Y.Pix.I32(), arg.Epilogue.Address(), p.I32, arg.C.I32(), thread.I32)
			p.Set(p.Add(arg.Y.Pix.I32()))
		})
		rowEpilogue(f, env, arg.Y.Pix.I32(), arg.Epilogue.Address(), p.I32, arg.OW.I32(), arg.C.I32(), thread.I32)
	})
	return f
}
