package f32

import "github.com/quantscope/quantscope/kernels/asm"

// lanes is how a block of a strip is read and written: whole vectors, or a single float in lane 0.
// Nothing beyond the block is touched.
type lanes struct{ single bool }

func (l lanes) load(address asm.I32, offset uint32) asm.F32x4 {
	if l.single {
		return address.LoadZero32F32x4(offset)
	}
	return address.LoadF32x4(offset)
}

func (l lanes) store(f *asm.Func, address asm.I32, offset uint32, x asm.F32x4) {
	if l.single {
		f.StoreLane32(address, offset, x, 0)
		return
	}
	f.StoreF32x4(address, offset, x)
}

// emitStrip emits a loop over n floats: blocks of unroll vectors, then of one, then single floats.
// Body handles one vector, or one float, at offset from every pointer; pointers advance by
// themselves. n and the pointers are used up.
func emitStrip(f *asm.Func, n asm.I32Var, pointers []asm.I32Var, unroll int, body func(l lanes, offset uint32)) {
	loop := func(l lanes, vectors, floats int) {
		f.While(func() asm.I32 { return n.GeS(asm.ConstI32(int32(floats))) }, func() {
			for v := range vectors {
				body(l, uint32(16*v))
			}
			for _, p := range pointers {
				p.Set(p.AddC(int32(4 * floats)))
			}
			n.Set(n.AddC(int32(-floats)))
		})
	}
	if unroll > 1 {
		loop(lanes{}, unroll, 4*unroll)
	}
	loop(lanes{}, 1, 4)
	loop(lanes{single: true}, 1, 1)
}
