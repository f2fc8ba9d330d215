package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// WinogradGrad is the gradient of the weights of a 3×3 convolution of stride 1, dilation 1 and one group, channels last, as
// parts that are still to be added up and transformed back: with m0 to m5 the six matrices along an axis, m0/4 - (m1+m2)/6 +
// (m3+m4)/24, (m2-m1)/6 + (m3-m4)/12 and (m3+m4-m1-m2)/6 + m5 are those of the weights. How many parts there are does not depend on the threads. X is as in
// Winograd, C and O are multiples of 4.
//
// Bits: see ref.WinogradGrad.
type WinogradGrad struct {
	X                uint32 // address of image 0, row 0, pixel 0, channel 0, halo included
	XImg, XRow, XPix uint32 // bytes from image to image, row to row, pixel to pixel
	Y                uint32 // address of the gradient of image 0, row 0, pixel 0, channel 0
	YImg, YRow, YPix uint32
	N, OH, OW, C, O  uint32 // images, rows and columns of Y, channels of X and of Y
	Parts            uint32 // PartCount·36·O·C floats, [part][6][6][O][C]
	Scratch          uint32 // ScratchBytes bytes for each thread
}

// winogradGrad is the tile of outputs.
const winogradGrad = tile(4)

const (
	winogradGradFloats = 36        // of a tile, for each channel
	winogradGradBytes  = 512 << 10 // how much of a cache of the second level the transformed tiles of a block may take
	winogradGradMost   = 96        // tiles of a block
	winogradGradLeast  = 16
	winogradGradParts  = 8        // enough for threads
	winogradGradRoom   = 16 << 20 // bytes that parts may take, but for the first two
	winogradGradHead   = 64       // bytes of a thread's scratch memory before the tiles: a strip
)

// Tiles is how many tiles a block has.
func (w WinogradGrad) Tiles() int {
	_, _, all := w.tiles()
	return int(min(max(winogradGradBytes/(winogradGradFloats*4*(w.C+w.O)), winogradGradLeast), winogradGradMost, all)-1) | 1
}

// tiles are those of all images, in columns and rows.
func (w WinogradGrad) tiles() (columns, rows, all uint32) {
	columns, rows = winogradGrad.count(w.OW), winogradGrad.count(w.OH)
	return columns, rows, w.N * rows * columns
}

func (w WinogradGrad) blocks() int {
	_, _, all := w.tiles()
	return (int(all) + w.Tiles() - 1) / w.Tiles()
}

// Blocks is how many blocks a part has.
func (w WinogradGrad) Blocks() int {
	parts := min(max(winogradGradRoom/int(winogradGradFloats*4*w.C*w.O), 2), winogradGradParts)
	return (w.blocks() + parts - 1) / parts
}

// PartCount is how many parts there are.
func (w WinogradGrad) PartCount() int { return (w.blocks() + w.Blocks() - 1) / w.Blocks() }

// ScratchBytes is the bytes of scratch memory that a thread needs.
func (w WinogradGrad) ScratchBytes() int {
	return winogradGradHead + winogradGradFloats*4*w.Tiles()*int(w.C+w.O)
}

// Call is the kernel call. Its units are the parts.
func (w WinogradGrad) Call() call.Call {
	tw, th, all := w.tiles()
	return call.Call{Kernel: call.F32WinogradGrad, Units: uint32(w.PartCount()), Args: kernel.Words(winogradGradArgs[uint32]{
		Of: winogradArgs[uint32]{
			X: kernel.Image[uint32]{At: w.X, Img: w.XImg, Row: w.XRow, Pix: w.XPix}, U: w.Parts, Y: kernel.Image[uint32]{At: w.Y, Img: w.YImg, Row: w.YRow, Pix: w.YPix},
			OH: w.OH, OW: w.OW, C: w.C, O: w.O, TW: tw, TH: th, All: all, Tiles: uint32(w.Tiles()),
			Scratch: w.Scratch, ScratchBytes: uint32(w.ScratchBytes()),
		}, Blocks: uint32(w.Blocks()), AllBlocks: uint32(w.blocks()),
	})}
}

// winogradGradArgs are the arguments of the kernel: those of Winograd, U the parts and Tiles those of a block, then the blocks
// of a part, and of all.
type winogradGradArgs[W any] struct {
	Of                winogradArgs[W]
	Blocks, AllBlocks W
}

// EmitWinogradGrad emits f32_winograd_grad: block by block both sides are transformed into the cache, then multiplied by the
// tiles of ConvGrad, a tile of the image in place of a pixel.
func EmitWinogradGrad(e kernel.Env) *asm.Func {
	t := winogradGrad
	input, gradient := e.Once(t.name("input"), t.emitInput), t.emitGradient(e.M)
	w := winograd{Func: e.M.Func("f32_winograd_grad", kernel.Signature()), form: t}
	args, unit, last, thread := w.ParamI32(0), w.ParamI32(1), w.ParamI32(2), w.ParamI32(3)
	arg := kernel.Fields[winogradGradArgs[kernel.Field]](args.I32, 0)
	w.arg = arg.Of
	part, block, blocks, x, y, to, left := w.I32(), w.I32(), w.I32(), w.I32(), w.I32(), w.I32(), w.I32()
	for _, v := range []*asm.I32Var{
		&w.from, &w.scratch, &w.v, &w.m, &w.vStep, &w.mStep, &w.tile, &w.end, &w.n, &w.img, &w.ty, &w.tx, &w.at, &w.i,
	} {
		*v = w.I32()
	}
	row := func() asm.I32 { return w.arg.C.I32().ShlC(2) }
	pixel := func() asm.I32 { return w.arg.O.I32().ShlC(2) }
	w.scratch.Set(w.arg.Scratch.I32().Add(thread.Mul(w.arg.ScratchBytes.I32())))
	w.vStep.Set(w.arg.Tiles.I32().Mul(row()))
	w.mStep.Set(w.arg.Tiles.I32().Mul(pixel()))
	w.v.Set(w.scratch.AddC(winogradGradHead))
	w.m.Set(w.v.Add(w.vStep.MulC(winogradGradFloats)))
	w.StoreI32(w.scratch.I32, 0, asm.ConstI32(0))
	w.StoreI32(w.scratch.I32, 4, asm.ConstI32(0))
	w.For(unit, unit.I32, last.I32, 1, func() {
		part.Set(w.arg.U.I32().Add(unit.Mul(w.arg.O.I32()).Mul(row()).MulC(winogradGradFloats)))
		block.Set(unit.Mul(arg.Blocks.I32()))
		blocks.Set(least(block.Add(arg.Blocks.I32()), arg.AllBlocks.I32()))
		w.For(w.from, block.I32, blocks.I32, 1, func() {
			first := w.from.Mul(w.arg.Tiles.I32())
			w.end.Set(least(first.Add(w.arg.Tiles.I32()), w.arg.All.I32()))
			w.stretches(func() {
				w.Call(input, args, w.address(w.arg.X), w.v.Add(w.at.Mul(row())), w.n, w.rows(), w.columns())
				w.Call(gradient, args, w.address(w.arg.Y), w.m.Add(w.at.Mul(pixel())), w.n, w.rows(), w.columns())
			})
			w.StoreI32(w.scratch.I32, 8, w.at.I32)
			w.For(w.i, asm.ConstI32(0), asm.ConstI32(winogradGradFloats), 1, func() {
				x.Set(w.v.Add(w.i.Mul(w.vStep.I32)))
				y.Set(w.m.Add(w.i.Mul(w.mStep.I32)))
				to.Set(part.Add(w.i.Mul(w.arg.O.I32()).Mul(row())))
				left.Set(w.arg.O.I32())
				callOuter(e, w.Func, left, y, to, row(), func(mr *asm.Func) {
					w.Call(mr, y, x, to, w.arg.C.I32(), w.scratch, w.scratch.AddC(outerStrip), w.from.Ne(block.I32), pixel(), row(), row())
				})
			})
		})
	})
	return w.Func
}

// emitGradient emits what transforms the gradients of n tiles in a row, 0 beyond the image.
func (t tile) emitGradient(m *asm.Module) *asm.Func {
	f := m.Func(t.name("gradient"), winogradSignature())
	arg, y, u, n, rows, columns := kernel.Fields[winogradArgs[kernel.Field]](f.ParamI32(0).I32, 0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3), f.ParamI32(4), f.ParamI32(5)
	step, channels, c, to, from := f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	tile := newSquare(f, int(t), t.window(), t.gradient)
	channels.Set(arg.O.I32().ShlC(2))
	step.Set(arg.Tiles.I32().Mul(channels.I32))
	f.Loop(func(again asm.Label) {
		f.For(c, asm.ConstI32(0), channels.I32, 16, func() {
			to.Set(u.Add(c.I32))
			tile.columns(func(g asm.F32x4Var, i, j int) {
				if i == 0 {
					from.Set(y.Add(c.I32).Add(arg.Y.Pix.I32().MulC(int32(j))))
				}
				if i+j > 0 {
					g.Set(asm.ConstF32x4(0))
				}
				inside(f, columns, j, func() {
					inside(f, rows, i, func() { g.Set(from.LoadF32x4(0)) })
				})
				from.Set(from.Add(arg.Y.Row.I32()))
			})
			for i := range t.window() {
				for _, x := range tile.row(i) {
					f.StoreF32x4(to.I32, 0, x)
					to.Set(to.Add(step.I32))
				}
			}
		})
		y.Set(y.Add(arg.Y.Pix.I32().MulC(int32(t))))
		u.Set(u.Add(channels.I32))
		columns.Set(columns.SubC(int32(t)))
		f.BrIf(again, n.Tee(n.SubC(1)))
	})
	return f
}
