package scalar_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/kernels"
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/scalar"
)

// Every instruction is held against wazero by the tests of kernels/asm, every kernel by those of quant/exec with SCALAR=1.

// What WebAssembly traps on is an error, and the instance goes on.
func TestTraps(t *testing.T) {
	m := asm.NewModule()
	one := asm.Signature{Params: []asm.Type{asm.TypeI32}, Results: []asm.Type{asm.TypeI32}}
	add := func(name string, body func(f *asm.Func, x asm.I32)) {
		f := m.Func(name, one)
		body(f, f.ParamI32(0).I32)
		m.Export(name, f)
	}
	add("load", func(f *asm.Func, x asm.I32) { f.Push(x.LoadI32(0)) })
	add("far", func(f *asm.Func, x asm.I32) { f.Push(x.LoadI8U(1<<32 - 1)) })
	add("divide", func(f *asm.Func, x asm.I32) { f.Push(asm.ConstI32(7).DivU(x)) })
	add("unreachable", func(f *asm.Func, x asm.I32) { f.Unreachable() })
	add("hole", func(f *asm.Func, x asm.I32) { f.CallIndirect(asm.Signature{}, x); f.Push(x) })
	endless := m.Func("endless", one)
	endless.Push(asm.CallI32(endless, endless.ParamI32(0).I32))
	m.Export("endless", endless)
	m.TableSize(3)
	code, err := scalar.Compile(m.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	i := code.New(make([]byte, 64))
	for _, c := range []struct {
		name string
		x    uint32
	}{{"load", 61}, {"load", 1<<32 - 4}, {"far", 1<<32 - 1}, {"divide", 0}, {"unreachable", 0}, {"hole", 1}, {"hole", 9}, {"endless", 0}} {
		if _, err := i.Call(c.name, c.x); err == nil || !strings.Contains(err.Error(), "trapped") {
			t.Errorf("%s(%d): %v", c.name, c.x, err)
		}
		if got, err := i.Call("divide", 2); err != nil || got != 3 {
			t.Errorf("after it: %d, %v", got, err)
		}
	}
	if _, err := i.Call("none", 0); err == nil || i.Has("none") {
		t.Error("a function that is not there was called")
	}
}

// What is no module for it is refused: threads, relaxed products, and whatever is cut off or damaged.
func TestRefusals(t *testing.T) {
	if _, err := scalar.Compile(kernels.Module(nil, true)); err == nil {
		t.Error("a module for threads was taken")
	}
	m := asm.NewModule()
	f := m.Func("f", asm.Signature{Params: []asm.Type{asm.TypeI32}})
	x := f.ParamI32(0).I32
	f.StoreI16x8(x, 0, x.LoadI8x16(0).RelaxedDot(x.LoadI8x16(0)))
	if _, err := scalar.Compile(m.Bytes()); err == nil || !strings.Contains(err.Error(), "relaxed") {
		t.Errorf("a relaxed product: %v", err)
	}
	whole := kernels.Module(nil, false)
	if _, err := scalar.Compile(whole); err != nil {
		t.Error(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		b := append([]byte{}, whole[:r.IntN(len(whole))]...)
		if len(b) > 9 {
			b[9+r.IntN(len(b)-9)] ^= byte(1 + r.IntN(255))
		}
		_, _ = scalar.Compile(b) // must come back
	}
}
