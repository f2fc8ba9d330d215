package q8

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// Gather makes images pixel by pixel from those of X: Resize (nearest), Gather.
type Gather struct {
	X, XImg          uint32 // image 0; bytes from image to image
	Table            uint32 // address of H·W i32: byte offset of the pixel in its image of X
	Y                uint32
	YImg, YRow, YPix uint32 // bytes
	N, H, W, C       uint32 // of Y
}

// Call is the kernel call. Its units are the N·H rows of Y.
func (g Gather) Call() call.Call {
	return call.Call{Kernel: call.X8Gather, Units: g.N * g.H, Args: kernel.Words(gatherArgs[uint32]{
		X: g.X, XImg: g.XImg, Table: g.Table, Y: kernel.Image[uint32]{At: g.Y, Img: g.YImg, Row: g.YRow, Pix: g.YPix}, H: g.H, W: g.W, C: g.C,
	})}
}

// gatherArgs are the arguments of the kernel, named as in Gather.
type gatherArgs[W any] struct {
	X, XImg, Table W
	Y              kernel.Image[W]
	H, W, C        W
}

// EmitGather emits x8_gather.
func EmitGather(e kernel.Env) *asm.Func {
	f := e.M.Func("x8_gather", kernel.Signature())
	arg := kernel.Fields[gatherArgs[kernel.Field]](f.ParamI32(0).I32, 0)
	unit, to := f.ParamI32(1), f.ParamI32(2)
	column, img, row, y, p, table, x, n := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	f.For(unit, unit.I32, to.I32, 1, func() {
		img.Set(unit.DivU(arg.H.I32()))
		row.Set(unit.RemU(arg.H.I32()))
		y.Set(arg.Y.At.I32().Add(img.Mul(arg.Y.Img.I32())).Add(row.Mul(arg.Y.Row.I32())))
		img.Set(arg.X.I32().Add(img.Mul(arg.XImg.I32())))
		table.Set(arg.Table.I32().Add(row.Mul(arg.W.I32()).ShlC(2)))
		f.For(column, asm.ConstI32(0), arg.W.I32(), 1, func() {
			x.Set(table.LoadI32(0).Add(img.I32))
			p.Set(y.I32)
			n.Set(arg.C.I32())
			emitStrip(f, n, []pointer{{p, 1}, {x, 1}}, func(l lanes) { l.store(f, p.I32, l.load(x.I32)) })
			table.Set(table.AddC(4))
			y.Set(y.Add(arg.Y.Pix.I32()))
		})
	})
	return f
}
