package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// DWGrad is the gradient of the weights of a depthwise convolution, channels last, in parts that are still to be
// added up: X as in DWConv, Y the gradient of its output. How many parts there are does not depend on the threads.
//
// Bits: see ref.DWGrad.
type DWGrad struct {
	X                uint32 // address of image 0, row 0, pixel 0, channel 0, halo included
	XImg, XRow, XPix uint32 // bytes from image to image, row to row, pixel to pixel
	Y                uint32 // address of image 0, row 0, pixel 0, channel 0
	YImg, YRow, YPix uint32 // bytes
	Parts            uint32 // PartCount·KH·KW·C floats, [part][KH][KW][C]
	N, OH, OW, C     uint32 // images, rows and columns of Y, channels
	KH, KW           uint32
	StrideH, StrideW uint32
	DilH, DilW       uint32
}

// dwGradMost is the most parts: enough for any number of threads, few enough that adding them up does not show.
const dwGradMost = 32

// rows is how many rows of Y a part has.
func (d DWGrad) rows() uint32 { return max(1, (d.N*d.OH+dwGradMost-1)/dwGradMost) }

// PartCount is how many parts there are.
func (d DWGrad) PartCount() int { return int((d.N*d.OH + d.rows() - 1) / d.rows()) }

// Call is the kernel call. Its units are the parts.
func (d DWGrad) Call() call.Call {
	return call.Call{Kernel: call.F32DWGrad, Units: uint32(d.PartCount()), Args: kernel.Words(dwGradArgs[uint32]{
		X: kernel.Image[uint32]{At: d.X, Img: d.XImg, Row: d.XRow, Pix: d.XPix}, Y: kernel.Image[uint32]{At: d.Y, Img: d.YImg, Row: d.YRow, Pix: d.YPix},
		Parts: d.Parts, OH: d.OH, OW: d.OW, C: d.C, KH: d.KH, KW: d.KW, StrideH: d.StrideH, StrideW: d.StrideW, DilH: d.DilH, DilW: d.DilW,
		Rows: d.rows(), All: d.N * d.OH,
	})}
}

// dwGradArgs are the arguments of the kernel, named as in DWGrad: besides the rows of a part, and of all.
type dwGradArgs[W any] struct {
	X, Y                                                              kernel.Image[W]
	Parts, OH, OW, C, KH, KW, StrideH, StrideW, DilH, DilW, Rows, All W
}

// EmitDWGrad emits f32_dwgrad: row by row, four channels at a time and then one by one, as many columns of the window
// at once as have registers.
func EmitDWGrad(e kernel.Env) *asm.Func {
	row := emitDWGradRow(e.M)
	f := e.M.Func("f32_dwgrad", kernel.Signature())
	args, from, to := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2)
	arg := kernel.Fields[dwGradArgs[kernel.Field]](args.I32, 0)
	part, bytes, at, end, img, y := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	bytes.Set(arg.KH.I32().Mul(arg.KW.I32()).Mul(arg.C.I32()).ShlC(2))
	f.For(from, from.I32, to.I32, 1, func() {
		part.Set(arg.Parts.I32().Add(from.Mul(bytes.I32)))
		f.MemoryFill(part.I32, asm.ConstI32(0), bytes.I32)
		at.Set(from.Mul(arg.Rows.I32()))
		end.Set(least(at.Add(arg.Rows.I32()), arg.All.I32()))
		f.For(at, at.I32, end.I32, 1, func() {
			img.Set(at.DivU(arg.OH.I32()))
			y.Set(at.RemU(arg.OH.I32()))
			f.Call(row, args,
				arg.X.At.I32().Add(img.Mul(arg.X.Img.I32())).Add(y.Mul(arg.StrideH.I32()).Mul(arg.X.Row.I32())),
				arg.Y.At.I32().Add(img.Mul(arg.Y.Img.I32())).Add(y.Mul(arg.Y.Row.I32())), part)
		})
	})
	return f
}

// emitDWGradRow emits the function (args, x, y, part) that adds a row of the output to a part.
func emitDWGradRow(m *asm.Module) *asm.Func {
	f := m.Func("f32_dwgrad_row", kernel.Signature())
	arg, x, y, part := kernel.Fields[dwGradArgs[kernel.Field]](f.ParamI32(0).I32, 0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	ky, kx, c, channels, step, pitch, left := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	to, xr, xc, xp, xk, yp := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	const most = 5
	dy, acc := f.F32x4(), make([]asm.F32x4Var, most)
	for i := range acc {
		acc[i] = f.F32x4()
	}
	channels.Set(arg.C.I32().ShlC(2))
	step.Set(arg.DilW.I32().Mul(arg.X.Pix.I32()))
	pitch.Set(arg.StrideW.I32().Mul(arg.X.Pix.I32()))
	// columns adds n columns of the window for the channels at c: xc is the first one's first input.
	columns := func(n int, load func(at asm.I32) asm.F32x4, store func(at asm.I32, v asm.F32x4)) {
		for _, a := range acc[:n] {
			a.Set(asm.ConstF32x4(0))
		}
		xp.Set(xc.I32)
		yp.Set(y.Add(c.I32))
		f.For(left, asm.ConstI32(0), arg.OW.I32(), 1, func() {
			dy.Set(load(yp.I32))
			xk.Set(xp.I32)
			for i, a := range acc[:n] {
				if i > 0 {
					xk.Set(xk.Add(step.I32))
				}
				a.Set(a.Add(load(xk.I32).Mul(dy.F32x4)))
			}
			xp.Set(xp.Add(pitch.I32))
			yp.Set(yp.Add(arg.Y.Pix.I32()))
		})
		for _, a := range acc[:n] {
			store(to.I32, load(to.I32).Add(a.F32x4))
			to.Set(to.Add(channels.I32))
			xc.Set(xc.Add(step.I32))
		}
	}
	window := func(load func(at asm.I32) asm.F32x4, store func(at asm.I32, v asm.F32x4)) {
		to.Set(part.Add(c.I32))
		xr.Set(x.Add(c.I32))
		f.For(ky, asm.ConstI32(0), arg.KH.I32(), 1, func() {
			xc.Set(xr.I32)
			kx.Set(arg.KW.I32())
			for _, n := range []int{most, 3, 1} {
				f.While(func() asm.I32 { return kx.GeU(asm.ConstI32(int32(n))) }, func() {
					columns(n, load, store)
					kx.Set(kx.SubC(int32(n)))
				})
			}
			xr.Set(xr.Add(arg.DilH.I32().Mul(arg.X.Row.I32())))
		})
	}
	f.For(c, asm.ConstI32(0), channels.AndC(-16), 16, func() {
		window(func(at asm.I32) asm.F32x4 { return at.LoadF32x4(0) }, func(at asm.I32, v asm.F32x4) { f.StoreF32x4(at, 0, v) })
	})
	f.For(c, channels.AndC(-16), channels.I32, 4, func() {
		window(func(at asm.I32) asm.F32x4 { return at.LoadZero32F32x4(0) }, func(at asm.I32, v asm.F32x4) { f.StoreLane32(at, 0, v, 0) })
	})
	return f
}
