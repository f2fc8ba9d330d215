package q8

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// rounding turns scaled sums into bytes: locals that hold roundArgs, and 1.5·2²³,
// which browsers would make anew for each use of a constant.
type rounding struct {
	lo, magic              asm.F32x4Var
	base, least, hi, flips asm.I32x4Var
}

func newRounding(f *asm.Func) rounding {
	return rounding{f.F32x4(), f.F32x4(), f.I32x4(), f.I32x4(), f.I32x4(), f.I32x4()}
}

// load emits the loads of the arguments.
func (r rounding) load(arg roundArgs[kernel.Field]) {
	r.magic.Set(asm.ConstF32x4(3 << 22))
	r.lo.Set(arg.Lo.F32x4())
	r.base.Set(arg.Base.I32x4())
	r.least.Set(arg.Least.I32x4())
	r.hi.Set(arg.Hi.I32x4())
	r.flips.Set(arg.Flips.I32x4())
}

// whole is rhe(max(p, lo)) + zero in the unsigned storage, NaN counting as lo; where p is so large that float32 is too
// coarse for that a number above 255.
func (r rounding) whole(p asm.F32x4) asm.I32x4 { return r.near(r.lo.PMax(p)) }

// near is rhe(p) + zero for p above −2²³, else as whole. The sum with 1.5·2²³ rounds as f32x4.nearest
// does, and without the conversion that would follow it.
func (r rounding) near(p asm.F32x4) asm.I32x4 { return p.Add(r.magic.F32x4).I32x4().Sub(r.base.I32x4) }

// bytes is sixteen whole numbers, at least lo and at most hi, as they are stored.
func (r rounding) bytes(a, b asm.I16x8) asm.I8x16 {
	return a.NarrowU(b).MaxU(r.least.I8x16()).MinU(r.hi.I8x16()).I32x4().Xor(r.flips.I32x4).I8x16()
}

// vectors is the bytes of as many vectors as the lanes have, each given before it is rounded.
func (r rounding) vectors(l lanes, p func(v int) asm.F32x4) asm.I8x16 {
	if l < 16 {
		w := r.whole(p(0))
		return r.bytes(w.NarrowS(w), w.NarrowS(w))
	}
	return r.bytes(r.whole(p(0)).NarrowS(r.whole(p(1))), r.whole(p(2)).NarrowS(r.whole(p(3))))
}

// unsigned is stored bytes as unsigned ones.
func (r rounding) unsigned(x asm.I8x16) asm.I8x16 { return x.I32x4().Xor(r.flips.I32x4).I8x16() }

// storeBytes writes the first n bytes of x: 16, 8 or 4.
func storeBytes(f *asm.Func, to asm.I32, x asm.I8x16Var, n int) {
	switch n {
	case 16:
		f.StoreI8x16(to, 0, x.I8x16)
	case 8:
		f.StoreLane64(to, 0, x.I32x4().F32x4(), 0)
	default:
		f.StoreLane32(to, 0, x.I32x4().F32x4(), 0)
	}
}

// storeTail writes the first n < most bytes of x, most being 16, 8 or 4: the bits of n say which
// pieces. It uses up to and x.
func storeTail(f *asm.Func, to asm.I32Var, x asm.I8x16Var, n asm.I32Var, most int) {
	for piece := most / 2; piece >= 1; piece /= 2 {
		f.If(n.AndC(int32(piece)), func() {
			switch piece {
			case 8, 4:
				storeBytes(f, to.I32, x, piece)
			case 2:
				f.StoreI16(to.I32, 0, x.I32x4().Lane(0))
			case 1:
				f.StoreI8(to.I32, 0, x.I32x4().Lane(0))
			}
			if piece > 1 {
				var lanes [16]int
				for i := range lanes {
					lanes[i] = (i + piece) % 16
				}
				x.Set(x.Shuffle(x.I8x16, lanes))
				to.Set(to.AddC(int32(piece)))
			}
		}, nil)
	}
}
