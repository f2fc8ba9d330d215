package q8

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// lanes is how many bytes of a strip are handled at once: 16, 4 or 1. Nothing beyond is touched.
type lanes int

// pointer is an address that goes along a strip: step bytes for each of its elements.
type pointer struct {
	asm.I32Var
	step int32
}

// emitStrip emits a loop over n elements: sixteen at a time, then four, then one by one. n and the
// pointers are used up.
func emitStrip(f *asm.Func, n asm.I32Var, pointers []pointer, body func(l lanes)) {
	for _, l := range []lanes{16, 4, 1} {
		f.While(func() asm.I32 { return n.GeS(asm.ConstI32(int32(l))) }, func() {
			body(l)
			for _, p := range pointers {
				p.Set(p.AddC(int32(l) * p.step))
			}
			n.Set(n.SubC(int32(l)))
		})
	}
}

// emitStrided emits a loop over n elements one by one; the pointers advance by steps. n and the pointers are used up.
func emitStrided(f *asm.Func, n asm.I32Var, steps []kernel.Field, pointers []asm.I32Var, body func(l lanes)) {
	f.While(func() asm.I32 { return n.I32 }, func() {
		body(1)
		for i, p := range pointers {
			p.Set(p.Add(steps[i].I32()))
		}
		n.Set(n.SubC(1))
	})
}

func (l lanes) load(address asm.I32) asm.I8x16 {
	switch l {
	case 16:
		return address.LoadI8x16(0)
	case 4:
		return address.LoadZero32I8x16(0)
	}
	return address.LoadI8U(0).SplatI8x16()
}

// store writes the first bytes of x.
func (l lanes) store(f *asm.Func, address asm.I32, x asm.I8x16) {
	switch l {
	case 16:
		f.StoreI8x16(address, 0, x)
	case 4:
		f.StoreLane32(address, 0, x.I32x4().F32x4(), 0)
	default:
		f.StoreI8(address, 0, x.LaneU(0))
	}
}

// vectors is how many vectors of four 32-bit elements the lanes are.
func (l lanes) vectors() int { return (int(l) + 3) / 4 }

// loadFloats is vector v of as many floats.
func (l lanes) loadFloats(address asm.I32, v int) asm.F32x4 {
	if l == 1 {
		return address.LoadZero32F32x4(0)
	}
	return address.LoadF32x4(uint32(16 * v))
}

func (l lanes) storeFloats(f *asm.Func, address asm.I32, v int, x asm.F32x4) {
	if l == 1 {
		f.StoreLane32(address, 0, x, 0)
		return
	}
	f.StoreF32x4(address, uint32(16*v), x)
}

// widen is vector v of the lanes of bytes as unsigned numbers, less zero, in 32 bits.
func (l lanes) widen(bytes asm.I8x16, v int, zero asm.I16x8) asm.I32x4 {
	half := bytes.LowU()
	if v >= 2 {
		half = bytes.HighU()
	}
	if half = half.Sub(zero); v%2 == 1 {
		return half.HighS()
	}
	return half.LowS()
}

// pieceBytes is how many elements a unit of an element-wise kernel has at most.
const pieceBytes = 4096

// stepsAre says that steps are these.
func stepsAre(steps []kernel.Field, want ...int32) asm.I32 {
	all := asm.ConstI32(1)
	for i, s := range want {
		all = all.And(steps[i].I32().Eq(asm.ConstI32(s)))
	}
	return all
}
