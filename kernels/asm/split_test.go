package asm

import (
	"bytes"
	"testing"
)

// Splats are split whatever stands around them, which instance compares with what they were, and nothing else is.
func TestSplitSplats(t *testing.T) {
	const splat = 0x00_00_09_fd // as bytes v128.load32_splat of offset 0
	m := NewModule()
	f := m.Func("f", Signature{Params: []Type{TypeI32}, Results: []Type{TypeI32}})
	at, sum, x := f.ParamI32(0), f.I32x4(), f.F32x4()
	f.StoreI32(ConstI32(0), 0, ConstI32(splat))
	f.StoreI32(ConstI32(4), 0, ConstI32(-7))
	sum.Set(ConstI32x4([4]int32{splat, splat, 1, 2}).Add(at.LoadSplatI32x4(300)))
	x.Set(at.LoadSplatF32x4(0))
	f.For(at, ConstI32(0), ConstI32(3), 1, func() {
		f.If(at.Eqz(), func() { sum.Set(sum.Add(ConstI32(4).LoadSplatI32x4(0))) }, func() {
			x.Set(ConstI32(0).LoadLane32(4, x.F32x4, 2).Shuffle(x.F32x4, [4]int{0, 2, 5, 6}))
		})
		sum.Set(sum.Add(x.I32x4()).WithLane(1, sum.Lane(3)))
	})
	f.MemoryFill(ConstI32(8), ConstI32(1), ConstI32(8))
	f.MemoryCopy(ConstI32(16), ConstI32(8), ConstI32(8))
	f.StoreLane32(ConstI32(16), 0, x.F32x4, 1)
	x.Set(x.Add(ConstF32x4(2.5)))
	f.Return(sum.Lane(0).Add(sum.Lane(1)).Add(sum.Lane(2)).Add(sum.Lane(3)).Add(ConstI32(16).LoadI32(0)).Add(x.Lane(2).TruncSatS()))
	m.Export("f", f)
	run(t, instance(t, m), "f", 0)

	whole := m.Bytes()
	split := SplitSplats(whole)
	if got := len(split) - len(whole); got != 3 {
		t.Errorf("the module is %d bytes longer, want 1 for each of 3", got)
	}
	if again := SplitSplats(split); !bytes.Equal(again, split) {
		t.Error("a splat is left")
	}
	for n := range whole { // what ends early is nobody's module
		SplitSplats(whole[:n])
	}
}
