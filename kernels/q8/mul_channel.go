package q8

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/walk"
)

// mulChannelLanes is how many channels q8_mul_channel multiplies at once.
const mulChannelLanes = 16

// mulChannelArgs are the arguments of it behind its walk, whose units are pieces of rows of pixels; Steps are the bytes
// from pixel to pixel of y and a.
type mulChannelArgs[W any] struct {
	kernel.Pieces[W]
	C               W
	Steps           [2]W
	Round           roundArgs[W]
	AZero, BZero, M W
}

// perChannel is the call for a B of one number per channel for all pixels of A, as a squeeze-excite block has
// them, which stays in registers for many pixels. Not ok for other shapes, and where a product may be
// so large that it has to be bounded before it is rounded.
func (b Mul) perChannel() (c call.Call, ok bool) {
	w, _ := b.walk()
	last := len(w.Shape) - 1
	if last < 1 || w.Shape[last]%mulChannelLanes != 0 {
		return c, false
	}
	for _, s := range w.Strides {
		if s[last] != 1 {
			return c, false
		}
	}
	if w.Strides[1][last-1] == 0 {
		b.A, b.B = b.B, b.A
		w, _ = b.walk()
	}
	m := b.A.Scale * b.B.Scale / b.Y.Scale
	if w.Strides[2][last-1] != 0 || Far(1, nil, []float32{m}) {
		return c, false
	}
	channels, _ := w.Inner(func([]int) bool { return true })
	n, strides := w.Inner(func([]int) bool { return true })
	shift := int32(flip(b.Signed) & 128)
	pieces := kernel.Split(&w, n, max(2*pieceBytes/channels, 1), strides) // a dimension more for the walk
	args := append(w.Words(b.Y.Addr, b.A.Addr, b.B.Addr), kernel.Words(mulChannelArgs[uint32]{
		Pieces: pieces, C: uint32(channels), Steps: [2]uint32{uint32(strides[0]), uint32(strides[1])},
		Round: roundOf(b.Signed, b.Y.Zero, b.Lo, b.Hi), AZero: uint32(b.A.Zero + shift), BZero: uint32(b.B.Zero + shift), M: math.Float32bits(m),
	})...)
	return call.Call{Kernel: call.Q8MulChannel, Units: w.Units(), Args: args}, true
}

// EmitMulChannel emits q8_mul_channel: sixteen channels of all pixels of a piece, then the next sixteen. A product is
// half of dot_i16x8_s of the pairs (a, −za) and (b−zb, b−zb).
func EmitMulChannel(e kernel.Env) *asm.Func {
	f := e.M.Func("q8_mul_channel", kernel.Signature())
	args, from, to := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2)
	arg := kernel.Fields[mulChannelArgs[kernel.Field]](args.I32, walk.Bytes3)
	y, a, b, i, j, c, n, left := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	minusZA, zb, x, half, m := f.I16x8(), f.I16x8(), f.I8x16(), f.I16x8(), f.F32x4()
	factor, product := [4]asm.I16x8Var{f.I16x8(), f.I16x8(), f.I16x8(), f.I16x8()}, [4]asm.I32x4Var{f.I32x4(), f.I32x4(), f.I32x4(), f.I32x4()}
	round := newRounding(f)
	round.load(arg.Round)
	minusZA.Set(asm.ConstI32(0).Sub(arg.AZero.I32()).SplatI16x8())
	zb.Set(arg.BZero.I32().SplatI16x8())
	m.Set(arg.M.F32x4())
	walk.Emit(f, args, from, to, []asm.I32Var{y, a, b}, func(inner asm.I32) {
		kernel.EmitPiece(f, n, arg.Pieces, inner)
		f.For(c, asm.ConstI32(0), arg.C.I32(), mulChannelLanes, func() {
			x.Set(round.unsigned(b.Add(c.I32).LoadI8x16(0)))
			for h, wide := range []asm.I16x8{x.LowU(), x.HighU()} {
				half.Set(wide.Sub(zb.I16x8))
				low, high := weave(half.I8x16(), half.I8x16())
				factor[2*h].Set(low.I16x8())
				factor[2*h+1].Set(high.I16x8())
			}
			i.Set(y.Add(c.I32))
			j.Set(a.Add(c.I32))
			left.Set(n.I32)
			f.Loop(func(next asm.Label) {
				x.Set(round.unsigned(j.LoadI8x16(0)))
				for h, wide := range []asm.I16x8{x.LowU(), x.HighU()} {
					half.Set(wide)
					low, high := weave(half.I8x16(), minusZA.I8x16())
					product[2*h].Set(low.I16x8().DotS(factor[2*h].I16x8))
					product[2*h+1].Set(high.I16x8().DotS(factor[2*h+1].I16x8))
				}
				for _, p := range product {
					p.Set(round.near(p.F32S().Mul(m.F32x4)))
				}
				f.StoreI8x16(i.I32, 0, round.bytes(product[0].NarrowS(product[1].I32x4), product[2].NarrowS(product[3].I32x4)))
				i.Set(i.Add(arg.Steps[0].I32()))
				j.Set(j.Add(arg.Steps[1].I32()))
				f.BrIf(next, left.Tee(left.SubC(1)))
			})
		})
	})
	return f
}
