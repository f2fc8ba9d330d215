package main

import "github.com/quantscope/quantscope/kernels/asm"

// A round of the limit is some independent sums, each limitSteps long, in registers.
const (
	limitSteps  = 8
	limitRounds = 1000
)

// limitOperations is what run(limitRounds) of a limitModule does.
func limitOperations(a arithmetic) float64 {
	return a.step * float64(a.chains) * limitSteps * limitRounds
}

// limitModule exports run(n): n rounds.
func limitModule(a arithmetic) []byte {
	m := asm.NewModule()
	m.OwnMemory(1)
	f := m.Func("run", asm.Signature{Params: []asm.Type{asm.TypeI32}})
	n, i := f.ParamI32(0), f.I32()
	x, w := f.I8x16(), f.I8x16()
	x.Set(asm.ConstI32(0).LoadI8x16(0))
	w.Set(asm.ConstI32(0).LoadI8x16(16))
	var acc []asm.I32x4Var
	for range a.chains {
		acc = append(acc, f.I32x4())
	}
	f.For(i, asm.ConstI32(0), n.I32, 1, func() {
		for range limitSteps {
			for _, c := range acc {
				c.Set(a.limit(c.I32x4, x.I8x16, w.I8x16))
			}
		}
	})
	for j, c := range acc {
		f.StoreI32x4(asm.ConstI32(0), uint32(32+16*j), c.I32x4)
	}
	m.Export("run", f)
	return m.Bytes()
}
