package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/walk"
)

// ChannelSums adds up, for each of the innermost dimension, C channels, Y - Shift and (Y - Shift)·(X - Mean), in parts that are
// still to be added up: batch normalisation's statistics and their gradients. How many parts there are does not depend on the
// threads. Dimensions come in any order but for the channels, which are contiguous; those that are evenly spaced are merged, and
// at most 5 may remain.
//
// Bits: see ref.ChannelSums, of each part.
type ChannelSums struct {
	X, Y               uint32
	Shape              []int // of X and Y
	XStrides, YStrides []int // bytes, as many as Shape
	C                  int
	Mean, Shift        uint32 // C floats each
	Parts              uint32 // PartCount·2·C floats, [part][2][C]
}

// ChannelBlend is To = A·Y + (B·(X - Mean) + Shift), with C numbers each: the gradient of batch normalisation. To may be X or Y
// where they have the same strides.
//
// Bits: see ref.ChannelBlend.
type ChannelBlend struct {
	ChannelSums // but for Parts
	To          uint32
	ToStrides   []int
	A, B        uint32
}

// channelFloats is how many floats of whole pixels a unit has, at least one pixel: three operands of it stay in the nearest cache.
const channelFloats = 2048

// channelArgs are the arguments of both kernels behind their walk.
type channelArgs[W any] struct {
	kernel.Pieces[W]
	C, Mean, Shift, Parts, A, B W
}

func (s ChannelSums) words(w *walk.Walk) channelArgs[uint32] {
	n, strides := w.Inner(contiguous)
	if n%s.C != 0 {
		panic("f32: sums of channels need rows of whole pixels")
	}
	return channelArgs[uint32]{Pieces: kernel.Split(w, n, max(channelFloats/s.C, 1)*s.C, strides), C: uint32(s.C), Mean: s.Mean, Shift: s.Shift, Parts: s.Parts}
}

// PartCount is how many parts there are.
func (s ChannelSums) PartCount() int { return int(s.Call().Units) }

// Call is the kernel call. Its units are pieces of rows, one a part.
func (s ChannelSums) Call() call.Call {
	w := walk.New(s.Shape, s.YStrides, s.XStrides)
	args := s.words(&w)
	return call.Call{Kernel: call.F32ChannelSums, Units: w.Units(), Args: append(w.Words(s.Y, s.X), kernel.Words(args)...)}
}

// Call is the kernel call. Its units are pieces of rows.
func (b ChannelBlend) Call() call.Call {
	w := walk.New(b.Shape, b.ToStrides, b.YStrides, b.XStrides)
	args := b.words(&w)
	args.A, args.B = b.A, b.B
	return call.Call{Kernel: call.F32ChannelBlend, Units: w.Units(), Args: append(w.Words(b.To, b.Y, b.X), kernel.Words(args)...)}
}

// channels is one of the two kernels under construction.
type channels struct {
	*asm.Func
	arg   channelArgs[kernel.Field]
	n     asm.I32Var   // floats of a piece
	at    asm.I32Var   // bytes of the channels before
	pixel asm.I32Var   // bytes
	left  asm.I32Var   // bytes of channels
	p     []asm.I32Var // operands, pixel by pixel
}

func newChannels(f *asm.Func, offset uint32, operands int) channels {
	return channels{Func: f, arg: kernel.Fields[channelArgs[kernel.Field]](f.ParamI32(0).I32, offset), n: f.I32(), at: f.I32(), pixel: f.I32(), left: f.I32(), p: i32s(f, operands)}
}

// blocks runs body for the channels of a piece, eight, four or one at a time, with p at their first pixel.
func (c channels) blocks(operands []asm.I32Var, body func(l lanes, vectors int)) {
	c.at.Set(asm.ConstI32(0))
	c.pixel.Set(c.arg.C.I32().ShlC(2))
	c.left.Set(c.pixel.I32)
	for _, block := range []struct {
		l       lanes
		vectors int
		bytes   int32
	}{{lanes{}, 2, 32}, {lanes{}, 1, 16}, {lanes{single: true}, 1, 4}} {
		c.While(func() asm.I32 { return c.left.GeU(asm.ConstI32(block.bytes)) }, func() {
			for i, p := range c.p {
				p.Set(operands[i].Add(c.at.I32))
			}
			body(block.l, block.vectors)
			c.at.Set(c.at.AddC(block.bytes))
			c.left.Set(c.left.SubC(block.bytes))
		})
	}
}

// pixels runs body for each pixel of a piece.
func (c channels) pixels(count asm.I32Var, body func()) {
	count.Set(c.n.I32)
	c.Loop(func(again asm.Label) {
		body()
		for _, p := range c.p {
			p.Set(p.Add(c.pixel.I32))
		}
		c.BrIf(again, count.Tee(count.Sub(c.arg.C.I32())))
	})
}

// EmitChannelSums emits f32_channel_sums.
func EmitChannelSums(e kernel.Env) *asm.Func {
	f := e.M.Func("f32_channel_sums", kernel.Signature())
	c := newChannels(f, walk.Bytes2, 2)
	y, x, part, count := f.I32(), f.I32(), f.I32(), f.I32()
	mean, shift, sums, products := vectors(f, 2), vectors(f, 2), vectors(f, 2), vectors(f, 2)
	d := f.F32x4()
	part.Set(c.arg.Parts.I32().Add(f.ParamI32(1).Mul(c.arg.C.I32()).ShlC(3)))
	walk.Emit(f, f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), []asm.I32Var{y, x}, func(inner asm.I32) {
		kernel.EmitPiece(f, c.n, c.arg.Pieces, inner)
		c.blocks([]asm.I32Var{y, x}, func(l lanes, vectors int) {
			for v := range vectors {
				offset := uint32(16 * v)
				mean[v].Set(l.load(c.arg.Mean.I32().Add(c.at.I32), offset))
				shift[v].Set(l.load(c.arg.Shift.I32().Add(c.at.I32), offset))
				sums[v].Set(asm.ConstF32x4(0))
				products[v].Set(asm.ConstF32x4(0))
			}
			c.pixels(count, func() {
				for v := range vectors {
					offset := uint32(16 * v)
					d.Set(l.load(c.p[0].I32, offset).Sub(shift[v].F32x4))
					sums[v].Set(sums[v].Add(d.F32x4))
					products[v].Set(products[v].Add(d.Mul(l.load(c.p[1].I32, offset).Sub(mean[v].F32x4))))
				}
			})
			for v := range vectors {
				l.store(f, part.Add(c.at.I32), uint32(16*v), sums[v].F32x4)
				l.store(f, part.Add(c.at.I32).Add(c.pixel.I32), uint32(16*v), products[v].F32x4)
			}
		})
		part.Set(part.Add(c.arg.C.I32().ShlC(3)))
	})
	return f
}

// EmitChannelBlend emits f32_channel_blend.
func EmitChannelBlend(e kernel.Env) *asm.Func {
	f := e.M.Func("f32_channel_blend", kernel.Signature())
	c := newChannels(f, walk.Bytes3, 3)
	to, y, x, count := f.I32(), f.I32(), f.I32(), f.I32()
	mean, shift, a, b := vectors(f, 2), vectors(f, 2), vectors(f, 2), vectors(f, 2)
	walk.Emit(f, f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), []asm.I32Var{to, y, x}, func(inner asm.I32) {
		kernel.EmitPiece(f, c.n, c.arg.Pieces, inner)
		c.blocks([]asm.I32Var{to, y, x}, func(l lanes, vectors int) {
			for v := range vectors {
				for _, load := range []struct {
					to   asm.F32x4Var
					from kernel.Field
				}{{mean[v], c.arg.Mean}, {shift[v], c.arg.Shift}, {a[v], c.arg.A}, {b[v], c.arg.B}} {
					load.to.Set(l.load(load.from.I32().Add(c.at.I32), uint32(16*v)))
				}
			}
			c.pixels(count, func() {
				for v := range vectors {
					offset := uint32(16 * v)
					rest := l.load(c.p[2].I32, offset).Sub(mean[v].F32x4).Mul(b[v].F32x4).Add(shift[v].F32x4)
					l.store(f, c.p[0].I32, offset, l.load(c.p[1].I32, offset).Mul(a[v].F32x4).Add(rest))
				}
			})
		})
	})
	return f
}
