package f32

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// Lerp is one output coordinate of a linear interpolation: the byte offsets of its two neighbours in
// the input, from its first row or column, and their weights.
type Lerp struct {
	Off0, Off1 uint32
	W0, W1     float32
}

// LerpWords lays lerps out as ResizeLinear reads them.
func LerpWords(lerps []Lerp) []uint32 {
	var words []uint32
	for _, t := range lerps {
		words = append(words, t.Off0, t.Off1, math.Float32bits(t.W0), math.Float32bits(t.W1))
	}
	return words
}

// ResizeLinear interpolates between the four neighbours of each output pixel, channels last; see
// ref.ResizeLinear for the order of operations.
type ResizeLinear struct {
	X, XImg          uint32 // image 0; bytes from image to image
	Rows, Columns    uint32 // addresses of OH and OW lerps; Off are those of rows and of pixels
	Y                uint32
	YImg, YRow, YPix uint32 // bytes
	N, OH, OW, C     uint32
	Epilogue         []call.EpilogueOp // over rows of Y, or over its pixels where they have gaps
}

// Call is the kernel call. Its units are the N·OH rows of Y.
func (r ResizeLinear) Call() call.Call {
	return call.Call{Kernel: call.F32ResizeLinear, Units: r.N * r.OH, Args: kernel.Words(resizeArgs[uint32]{
		X: r.X, XImg: r.XImg, Rows: r.Rows, Columns: r.Columns, Y: kernel.Image[uint32]{At: r.Y, Img: r.YImg, Row: r.YRow, Pix: r.YPix},
		OH: r.OH, OW: r.OW, C: r.C,
	}), Epilogue: r.Epilogue}
}

// resizeArgs are the arguments of the kernel, named as in ResizeLinear.
type resizeArgs[W any] struct {
	X, XImg, Rows, Columns W
	Y                      kernel.Image[W]
	OH, OW, C              W
	Epilogue               kernel.Tail
}

// EmitResizeLinear emits f32_resize_linear.
func EmitResizeLinear(env kernel.Env) *asm.Func {
	f := env.M.Func("f32_resize_linear", kernel.Signature())
	arg := kernel.Fields[resizeArgs[kernel.Field]](f.ParamI32(0).I32, 0)
	from, to, thread := f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	unit, column, img, row, lerp, top, bottom := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	p, q, n, x00, x01, x10, x11 := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	wy0, wy1, wx0, wx1 := f.F32x4(), f.F32x4(), f.F32x4(), f.F32x4()
	f.For(unit, from.I32, to.I32, 1, func() {
		img.Set(unit.DivU(arg.OH.I32()))
		row.Set(unit.RemU(arg.OH.I32()))
		p.Set(outputRow(arg.Y, img.I32, row.I32))
		img.Set(arg.X.I32().Add(img.Mul(arg.XImg.I32())))
		lerp.Set(arg.Rows.I32().Add(row.ShlC(4)))
		top.Set(img.Add(lerp.LoadI32(0)))
		bottom.Set(img.Add(lerp.LoadI32(4)))
		wy0.Set(lerp.LoadSplatF32x4(8))
		wy1.Set(lerp.LoadSplatF32x4(12))
		lerp.Set(arg.Columns.I32())
		f.For(column, asm.ConstI32(0), arg.OW.I32(), 1, func() {
			x00.Set(top.Add(lerp.LoadI32(0)))
			x01.Set(top.Add(lerp.LoadI32(4)))
			x10.Set(bottom.Add(lerp.LoadI32(0)))
			x11.Set(bottom.Add(lerp.LoadI32(4)))
			wx0.Set(lerp.LoadSplatF32x4(8))
			wx1.Set(lerp.LoadSplatF32x4(12))
			q.Set(p.I32)
			n.Set(arg.C.I32())
			emitStrip(f, n, []asm.I32Var{q, x00, x01, x10, x11}, 2, func(l lanes, offset uint32) {
				along := func(a, b asm.I32Var) asm.F32x4 {
					return l.load(a.I32, offset).Mul(wx0.F32x4).Add(l.load(b.I32, offset).Mul(wx1.F32x4))
				}
				l.store(f, q.I32, offset, along(x00, x01).Mul(wy0.F32x4).Add(along(x10, x11).Mul(wy1.F32x4)))
			})
			lerp.Set(lerp.AddC(16))
			pixelEpilogue(f, env, arg.Y.Pix.I32(), arg.Epilogue.Address(), p.I32, arg.C.I32(), thread.I32)
			p.Set(p.Add(arg.Y.Pix.I32()))
		})
		rowEpilogue(f, env, arg.Y.Pix.I32(), arg.Epilogue.Address(), p.I32, arg.OW.I32(), arg.C.I32(), thread.I32)
	})
	return f
}
