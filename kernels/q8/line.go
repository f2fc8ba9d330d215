package q8

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// Line is a table of 256 bytes that is a straight line with rounding and saturation, as a change to a
// greater scale is: y = saturate(((x − X)·Factor + Offset) >> 15 + Y), of bytes as they are in unsigned
// storage. A Factor of 0 is no line.
type Line struct {
	X, Y           int32
	Factor, Offset int16
}

const lineShift = 15

// LineOf finds the line that a table is, entry by entry, from x to y, if it is one. Those of a Concat
// mostly are: its scale is the greatest of its parts'.
func LineOf(signed bool, table []byte, x, y Params) Line {
	flips := flip(signed)
	shift := int32(flips & 128)
	l := Line{X: x.Zero + shift, Y: y.Zero + shift}
	const unit = 1 << lineShift
	slope := float64(x.Scale) / float64(y.Scale)
	if !(slope < 1) {
		return Line{}
	}
	for near := range int32(5) { // the quotient in whole units, or one beside it
		factor := min(int32(math.Round(slope*unit))+near-2, math.MaxInt16)
		lo, hi := int32(math.MinInt16), int32(math.MaxInt16) // offsets that give every entry
		for i, entry := range table {
			product := (int32(byte(i)^byte(flips))-l.X)*factor + (l.Y-int32(entry^byte(flips)))*unit
			if entry^byte(flips) > 0 {
				lo = max(lo, -product)
			}
			if entry^byte(flips) < 255 {
				hi = min(hi, unit-1-product)
			}
		}
		if lo <= hi && factor > 0 {
			l.Factor, l.Offset = int16(factor), int16((lo+hi)/2)
			return l
		}
	}
	return Line{}
}

// lineArgs are the arguments that say what a line is: Factor and Offset in one word, zero points, and what turns
// unsigned storage into the machine's. All are 0 for no line.
type lineArgs[W any] struct{ Factors, X, Y, Flips W }

func (l Line) args(signed bool) lineArgs[uint32] {
	return lineArgs[uint32]{uint32(uint16(l.Factor)) | uint32(uint16(l.Offset))<<16, uint32(l.X), uint32(l.Y), flip(signed)}
}

// emitLine emits the line over the bytes at x to those at y, sixteen at a time as long as there are so many
// of n. Half of the dot product of (x, 1) and (Factor, Offset) is the sum that is shifted.
func emitLine(f *asm.Func, arg lineArgs[kernel.Field], y, x, n asm.I32Var) {
	pair, flips, bytes := f.I16x8(), f.I32x4(), f.I8x16()
	ones, xZero, yZero := f.I16x8(), f.I16x8(), f.I16x8()
	half, sums := f.I16x8(), [2]asm.I16x8Var{f.I16x8(), f.I16x8()}
	pair.Set(arg.Factors.I32x4().I16x8())
	xZero.Set(arg.X.I32().SplatI16x8())
	yZero.Set(arg.Y.I32().SplatI16x8())
	flips.Set(arg.Flips.I32x4())
	ones.Set(asm.ConstI32(1).SplatI16x8())
	unflipped := func(b asm.I8x16) asm.I8x16 { return b.I32x4().Xor(flips.I32x4).I8x16() }
	f.While(func() asm.I32 { return n.GeS(asm.ConstI32(16)) }, func() {
		bytes.Set(unflipped(x.LoadI8x16(0)))
		for h, wide := range []asm.I16x8{bytes.LowU(), bytes.HighU()} {
			half.Set(wide.Sub(xZero.I16x8))
			low, high := weave(half.I8x16(), ones.I8x16())
			of := func(terms asm.I8x16) asm.I32x4 { return terms.I16x8().DotS(pair.I16x8).ShrS(asm.ConstI32(lineShift)) }
			sums[h].Set(of(low).NarrowS(of(high)).Add(yZero.I16x8))
		}
		f.StoreI8x16(y.I32, 0, unflipped(sums[0].NarrowU(sums[1].I16x8)))
		x.Set(x.AddC(16))
		y.Set(y.AddC(16))
		n.Set(n.SubC(16))
	})
}
