package f32

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// Gather makes images pixel by pixel from those of X: Resize (nearest), Pad (reflect, edge).
type Gather struct {
	X, XImg          uint32 // image 0; bytes from image to image
	Table            uint32 // address of H·W i32: byte offset of the pixel in its image of X, or -1
	Y                uint32
	YImg, YRow, YPix uint32            // bytes
	N, H, W, C       uint32            // of Y
	Value            float32           // of the pixels whose offset is -1
	Epilogue         []call.EpilogueOp // over rows of Y, or over its pixels where they have gaps
}

// Call is the kernel call. Its units are the N·H rows of Y.
func (g Gather) Call() call.Call {
	return call.Call{Kernel: call.X32Gather, Units: g.N * g.H, Args: kernel.Words(gatherArgs[uint32]{
		X: g.X, XImg: g.XImg, Table: g.Table, Y: kernel.Image[uint32]{At: g.Y, Img: g.YImg, Row: g.YRow, Pix: g.YPix},
		H: g.H, W: g.W, C: g.C, Value: math.Float32bits(g.Value),
	}), Epilogue: g.Epilogue}
}

// gatherArgs are the arguments of the kernel, named as in Gather.
type gatherArgs[W any] struct {
	X, XImg, Table W
	Y              kernel.Image[W]
	H, W, C, Value W
	Epilogue       kernel.Tail
}

// EmitGather emits x32_gather.
func EmitGather(env kernel.Env) *asm.Func {
	f := env.M.Func("x32_gather", kernel.Signature())
	arg := kernel.Fields[gatherArgs[kernel.Field]](f.ParamI32(0).I32, 0)
	from, to, thread := f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	unit, column, img, row, p, q, table, x, n := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	value := f.F32x4()
	value.Set(arg.Value.F32x4())
	f.For(unit, from.I32, to.I32, 1, func() {
		img.Set(unit.DivU(arg.H.I32()))
		row.Set(unit.RemU(arg.H.I32()))
		p.Set(outputRow(arg.Y, img.I32, row.I32))
		img.Set(arg.X.I32().Add(img.Mul(arg.XImg.I32())))
		table.Set(arg.Table.I32().Add(row.Mul(arg.W.I32()).ShlC(2)))
		f.For(column, asm.ConstI32(0), arg.W.I32(), 1, func() {
			x.Set(table.LoadI32(0))
			n.Set(arg.C.I32())
			q.Set(p.I32)
			f.If(x.Eq(asm.ConstI32(-1)), func() {
				emitStrip(f, n, []asm.I32Var{q}, 4, func(l lanes, offset uint32) {
					l.store(f, q.I32, offset, value.F32x4)
				})
			}, func() {
				x.Set(x.Add(img.I32))
				emitStrip(f, n, []asm.I32Var{q, x}, 4, func(l lanes, offset uint32) {
					l.store(f, q.I32, offset, l.load(x.I32, offset))
				})
			})
			table.Set(table.AddC(4))
			pixelEpilogue(f, env, arg.Y.Pix.I32(), arg.Epilogue.Address(), p.I32, arg.C.I32(), thread.I32)
			p.Set(p.Add(arg.Y.Pix.I32()))
		})
		rowEpilogue(f, env, arg.Y.Pix.I32(), arg.Epilogue.Address(), p.I32, arg.W.I32(), arg.C.I32(), thread.I32)
	})
	return f
}
