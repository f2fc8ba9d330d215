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

// Words of a Gather.
const (
	gatherX = iota
	gatherXImg
	gatherTable
	gatherY
	gatherYImg
	gatherYRow
	gatherYPix
	gatherH
	gatherW
	gatherC
	gatherValue
	gatherEpilogue
)

// Call is the kernel call. Its units are the N·H rows of Y.
func (g Gather) Call() call.Call {
	args := []uint32{g.X, g.XImg, g.Table, g.Y, g.YImg, g.YRow, g.YPix, g.H, g.W, g.C, math.Float32bits(g.Value)}
	return call.Call{Kernel: call.X32Gather, Units: g.N * g.H, Args: args, Epilogue: g.Epilogue}
}

// EmitGather emits x32_gather.
func EmitGather(env kernel.Env) *asm.Func {
	f := env.M.Func("x32_gather", kernel.Signature())
	args, from, to, thread := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	word := func(i uint32) asm.I32 { return args.LoadI32(4 * i) }
	unit, column, img, row, p, q, table, x, n := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	value := f.F32x4()
	value.Set(args.LoadSplatF32x4(4 * gatherValue))
	f.For(unit, from.I32, to.I32, 1, func() {
		img.Set(unit.DivU(word(gatherH)))
		row.Set(unit.RemU(word(gatherH)))
		p.Set(outputRow(word, gatherY, img.I32, row.I32))
		img.Set(word(gatherX).Add(img.Mul(word(gatherXImg))))
		table.Set(word(gatherTable).Add(row.Mul(word(gatherW)).ShlC(2)))
		f.For(column, asm.ConstI32(0), word(gatherW), 1, func() {
			x.Set(table.LoadI32(0))
			n.Set(word(gatherC))
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
			pixelEpilogue(f, env, word(gatherYPix), args.AddC(4*gatherEpilogue), p.I32, word(gatherC), thread.I32)
			p.Set(p.Add(word(gatherYPix)))
		})
		rowEpilogue(f, env, word(gatherYPix), args.AddC(4*gatherEpilogue), p.I32, word(gatherW), word(gatherC), thread.I32)
	})
	return f
}
