package q8_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels"
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/chromium"
	"github.com/quantscope/quantscope/kernels/q8"
)

// reading finds how Chromium reads the second operand of the relaxed dot product, and skips the test
// where it has none that is exact: 2·127·255 does not fit in the 16 bits that x86 without VNNI has.
func reading(t *testing.T) call.Dot {
	t.Helper()
	m := asm.NewModule()
	m.OwnMemory(1)
	f := m.Func("run", asm.Signature{})
	dot := func(at uint32, a, b uint32) {
		splat := func(v uint32) asm.I8x16 { return asm.ConstU32(v).SplatI8x16() }
		f.StoreI32x4(asm.ConstI32(0), at, splat(a).RelaxedDotAdd(splat(b), asm.ConstI32(0).SplatI32x4()))
	}
	dot(0, 127, 255)
	dot(16, 128, 128)
	m.Export("run", f)
	got := chromium.Do(t, chromium.Baseline, [][]byte{m.Bytes()}, []chromium.Run{{Memory: make([]byte, 32)}})[0]
	if got == nil {
		t.Skip("this Chromium has no relaxed SIMD")
	}
	x, y := int32(binary.LittleEndian.Uint32(got)), int32(binary.LittleEndian.Uint32(got[16:]))
	switch {
	case x == 4*127*255 && y == 4*-128*128:
		return call.DotU8
	case x == 4*-127 && y == 4*128*128:
		return call.DotS8
	}
	t.Skipf("the relaxed dot product is not exact on this machine: %d, %d", x, y)
	return call.DotI16
}

// imitated is the relaxed dot product of a machine of either reading, in instructions that every
// machine has.
func imitated(dot call.Dot) func(w, x asm.I8x16, acc asm.I32x4) asm.I32x4 {
	return func(w, x asm.I8x16, acc asm.I32x4) asm.I32x4 {
		low, high := x.LowU(), x.HighU()
		if dot == call.DotS8 {
			low, high = x.LowS(), x.HighS()
		}
		a, b := w.LowS().DotS(low), w.HighS().DotS(high)
		return acc.Add(a.Shuffle(b, [4]int{0, 2, 4, 6})).Add(a.Shuffle(b, [4]int{1, 3, 5, 7}))
	}
}

// Both forms of storage give what the scalar twins give, on machines imitated by wazero.
func TestImitatedRelaxed(t *testing.T) {
	for _, dot := range []call.Dot{call.DotU8, call.DotS8} {
		used := []entry{
			{call.Q8GEMMRelaxed, q8.EmitGEMMBy(imitated(dot))}, {call.Q8DWConvRelaxed, q8.EmitDWConvBy(imitated(dot))},
			{call.Q8DWConv, q8.EmitDWConv}, {call.Q8DWConvSigned, q8.EmitDWConvSigned},
		}
		e := both(t, used...)
		r := rand.New(rand.NewPCG(9, uint64(dot)))
		for _, c := range gemmEdges(dot) {
			c.run(t, e, r)
		}
		for _, c := range dwEdges(dot, false) {
			c.run(t, e, r)
		}
		for range 200 {
			gemmRandom(dot, r).run(t, e, r)
			dwRandom(dot, r).run(t, e, r)
		}
	}
}

// The kernels on the relaxed dot product give what their scalar twins give, all units at once and
// unit by unit, on the cases of the others.
func TestRelaxed(t *testing.T) {
	dot := reading(t)
	var arenas []*arena
	var runs []chromium.Run
	add := func(a *arena, c call.Call) {
		at, image := a.image(c)
		arenas = append(arenas, a)
		for module := range 2 {
			runs = append(runs, chromium.Run{Module: module, Memory: image, Args: []uint32{at, 1, 0}})
		}
	}
	r := rand.New(rand.NewPCG(8, 1))
	for i, c := range gemmEdges(dot) {
		if i%3 == 0 {
			add(c.build(r))
		}
	}
	for _, c := range dwEdges(dot, false) {
		if a, made := c.build(r); made.Kernel == call.Q8DWConvRelaxed {
			add(a, made)
		}
	}
	for range 150 {
		add(gemmRandom(dot, r).build(r))
		add(dwRandom(dot, r).build(r))
	}
	add(gemmCase{dot: dot, m: 13, n: 18, runs: 1, runLen: 4001}.build(r))
	used := []entry{
		{call.Q8GEMMRelaxed, q8.EmitGEMMRelaxed}, {call.Q8DWConvRelaxed, q8.EmitDWConvRelaxed},
		{call.Q8DWConv, q8.EmitDWConv}, {call.Q8DWConvSigned, q8.EmitDWConvSigned},
	}
	ids := []call.ID{call.F32VAffine, call.F32VClamp} // the epilogue
	for _, k := range used {
		ids = append(ids, k.id)
	}
	for i, got := range chromium.Do(t, chromium.Optimized, [][]byte{kernels.Module(ids, false), module(true, used...)}, runs) {
		if !arenas[i/2].compare(t, runs[i].Memory, got) {
			t.Fatalf("run %d, %s, by %v", i, []string{"all units at once", "unit by unit"}[i%2], dot)
		}
	}
	if len(runs) < 1500 {
		t.Errorf("only %d runs", len(runs))
	}
	if bytes.Equal(runs[0].Memory, runs[2].Memory) {
		t.Error("the cases are all the same")
	}
}
