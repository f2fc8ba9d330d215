package q8

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/f32"
)

// while emits a loop that runs body as long as the condition holds.
func while(f *asm.Func, condition func() asm.I32, body func()) {
	f.Block(func(end asm.Label) {
		f.BrIf(end, condition().Eqz())
		f.Loop(func(again asm.Label) {
			body()
			f.BrIf(again, condition())
		})
	})
}

// emitLookup emits q8_lookup(from, to, n, table): to[i] = table[from[i]]. Loads and stores of single
// bytes are the fastest way in browsers: sixteen swizzles and their indices are more instructions
// for sixteen bytes than these.
func emitLookup(m *asm.Module) *asm.Func {
	f := m.Func("q8_lookup", f32.Signature())
	from, to, n, table := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	for _, unroll := range []int32{8, 1} {
		while(f, func() asm.I32 { return n.GeS(asm.ConstI32(unroll)) }, func() {
			for i := range uint32(unroll) {
				f.StoreI8(to.I32, i, table.Add(from.LoadI8U(i)).LoadI8U(0))
			}
			from.Set(from.AddC(unroll))
			to.Set(to.AddC(unroll))
			n.Set(n.SubC(unroll))
		})
	}
	return f
}
