package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// MaxPoolGrad is the gradient of the input X of a MaxPool with output Y, channels last. All of DX is written; no
// epilogue.
//
// Bits: see ref.Pool.MaxPoolGrad.
type MaxPoolGrad struct {
	Pool
	DX                  uint32 // as X
	DXImg, DXRow, DXPix uint32
	DY                  uint32 // as Y
	DYImg, DYRow, DYPix uint32
}

// Call is the kernel call. Its units are the N images.
func (p MaxPoolGrad) Call() call.Call {
	return call.Call{Kernel: call.F32MaxPoolGrad, Units: p.N, Args: kernel.Words(maxPoolGradArgs[uint32]{
		X: kernel.Image[uint32]{At: p.X, Img: p.XImg, Row: p.XRow, Pix: p.XPix}, Y: kernel.Image[uint32]{At: p.Y, Img: p.YImg, Row: p.YRow, Pix: p.YPix},
		DX: kernel.Image[uint32]{At: p.DX, Img: p.DXImg, Row: p.DXRow, Pix: p.DXPix}, DY: kernel.Image[uint32]{At: p.DY, Img: p.DYImg, Row: p.DYRow, Pix: p.DYPix},
		H: p.H, W: p.W, C: p.C, OH: p.OH, OW: p.OW, KH: p.KH, KW: p.KW, StrideH: p.StrideH, StrideW: p.StrideW, DilH: p.DilH, DilW: p.DilW,
		PadT: p.PadT, PadL: p.PadL,
	})}
}

// maxPoolGradArgs are the arguments of the kernel, named as in MaxPoolGrad.
type maxPoolGradArgs[W any] struct {
	X, Y, DX, DY                                                      kernel.Image[W]
	H, W, C, OH, OW, KH, KW, StrideH, StrideW, DilH, DilW, PadT, PadL W
}

// EmitMaxPoolGrad emits f32_maxpool_grad: image by image, output by output, four channels at a time and then one by
// one. Lanes that have found their maximum are masked.
func EmitMaxPoolGrad(e kernel.Env) *asm.Func {
	f := e.M.Func("f32_maxpool_grad", kernel.Signature())
	args, from, to := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2)
	arg := kernel.Fields[maxPoolGradArgs[kernel.Field]](args.I32, 0)
	x, dx, y, dy := f.I32(), f.I32(), f.I32(), f.I32() // of the image
	oy, ox, iy, ix, ky, kx, c, channels := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	yAt, dyAt, at := f.I32(), f.I32(), f.I32()
	most, grad, free, here := f.F32x4(), f.F32x4(), f.I32x4(), f.I32x4()
	channels.Set(arg.C.I32().ShlC(2))
	image := func(i kernel.Image[kernel.Field]) asm.I32 { return i.At.I32().Add(from.Mul(i.Img.I32())) }
	pixel := func(i kernel.Image[kernel.Field], y, x asm.I32) asm.I32 {
		return y.Mul(i.Row.I32()).Add(x.Mul(i.Pix.I32()))
	}
	window := func(load func(at asm.I32) asm.F32x4, store func(at asm.I32, v asm.F32x4)) {
		most.Set(load(yAt.Add(c.I32)))
		grad.Set(load(dyAt.Add(c.I32)))
		free.Set(asm.ConstI32x4([4]int32{-1, -1, -1, -1}))
		iy.Set(oy.Mul(arg.StrideH.I32()).Sub(arg.PadT.I32()))
		f.For(ky, asm.ConstI32(0), arg.KH.I32(), 1, func() {
			f.If(iy.LtU(arg.H.I32()), func() {
				ix.Set(ox.Mul(arg.StrideW.I32()).Sub(arg.PadL.I32()))
				f.For(kx, asm.ConstI32(0), arg.KW.I32(), 1, func() {
					f.If(ix.LtU(arg.W.I32()), func() {
						here.Set(load(x.Add(pixel(arg.X, iy.I32, ix.I32)).Add(c.I32)).Eq(most.F32x4).And(free.I32x4))
						f.If(here.AnyTrue(), func() {
							at.Set(dx.Add(pixel(arg.DX, iy.I32, ix.I32)).Add(c.I32))
							store(at.I32, load(at.I32).Add(grad.I32x4().And(here.I32x4).F32x4()))
							free.Set(free.AndNot(here.I32x4))
						}, nil)
					}, nil)
					ix.Set(ix.Add(arg.DilW.I32()))
				})
			}, nil)
			iy.Set(iy.Add(arg.DilH.I32()))
		})
	}
	f.For(from, from.I32, to.I32, 1, func() {
		x.Set(image(arg.X))
		y.Set(image(arg.Y))
		dx.Set(image(arg.DX))
		dy.Set(image(arg.DY))
		f.For(iy, asm.ConstI32(0), arg.H.I32(), 1, func() {
			f.For(ix, asm.ConstI32(0), arg.W.I32(), 1, func() {
				f.MemoryFill(dx.Add(pixel(arg.DX, iy.I32, ix.I32)), asm.ConstI32(0), channels.I32)
			})
		})
		f.For(oy, asm.ConstI32(0), arg.OH.I32(), 1, func() {
			f.For(ox, asm.ConstI32(0), arg.OW.I32(), 1, func() {
				yAt.Set(y.Add(pixel(arg.Y, oy.I32, ox.I32)))
				dyAt.Set(dy.Add(pixel(arg.DY, oy.I32, ox.I32)))
				f.For(c, asm.ConstI32(0), channels.AndC(-16), 16, func() {
					window(func(at asm.I32) asm.F32x4 { return at.LoadF32x4(0) }, func(at asm.I32, v asm.F32x4) { f.StoreF32x4(at, 0, v) })
				})
				f.For(c, channels.AndC(-16), channels.I32, 4, func() {
					window(func(at asm.I32) asm.F32x4 { return at.LoadZero32F32x4(0) }, func(at asm.I32, v asm.F32x4) { f.StoreLane32(at, 0, v, 0) })
				})
			})
		})
	})
	return f
}
