package asm

import (
	"context"
	"encoding/binary"
	"sync"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

func TestI64(t *testing.T) {
	ops := map[string]struct {
		emit func(a, b I32) I32
		want func(a, b uint32) uint32
	}{
		"low":    {func(a, b I32) I32 { return a.I64U().ShlC(32).Or(b.I64U()).Low() }, func(a, b uint32) uint32 { return b }},
		"high":   {func(a, b I32) I32 { return a.I64U().ShlC(32).Or(b.I64U()).ShrUC(32).Low() }, func(a, b uint32) uint32 { return a }},
		"middle": {func(a, b I32) I32 { return a.I64U().ShlC(32).Or(b.I64U()).ShrUC(16).Low() }, func(a, b uint32) uint32 { return a<<16 | b>>16 }},
		"eq":     {func(a, b I32) I32 { return a.I64U().Eq(b.I64U()) }, func(a, b uint32) uint32 { return uint32(bit(a == b)) }},
		"sum":    {func(a, b I32) I32 { return a.I64U().ShlC(32).Add(b.I64U().ShlC(31)).ShrUC(32).Low() }, func(a, b uint32) uint32 { return uint32((uint64(a)<<32 + uint64(b)<<31) >> 32) }},
		"mul":    {func(a, b I32) I32 { return a.I64U().Mul(b.I64U()).ShrUC(32).Low() }, func(a, b uint32) uint32 { return uint32(uint64(a) * uint64(b) >> 32) }},
		"and":    {func(a, b I32) I32 { return a.I64U().ShlC(32).And(b.I64U().ShlC(32)).ShrUC(32).Low() }, func(a, b uint32) uint32 { return a & b }},
		"xor":    {func(a, b I32) I32 { return a.I64U().ShlC(32).Xor(b.I64U().ShlC(32)).ShrUC(32).Low() }, func(a, b uint32) uint32 { return a ^ b }},
		"less":   {func(a, b I32) I32 { return a.I64U().ShlC(32).LtU(b.I64U().ShlC(32)) }, func(a, b uint32) uint32 { return uint32(bit(a < b)) }},
		"const":  {func(a, b I32) I32 { return a.I64U().Or(ConstI64(-1 << 40)).ShrUC(32).Low() }, func(a, b uint32) uint32 { return 0xffffff00 }},
	}
	m := NewModule()
	for name, o := range ops {
		f := m.Func(name, Signature{Params: []Type{TypeI32, TypeI32}, Results: []Type{TypeI32}})
		x := f.I64()
		x.Set(f.ParamI32(0).I64U())
		f.Drop(x.Tee(ConstI64(7)))
		f.Push(o.emit(f.ParamI32(0).I32, f.ParamI32(1).I32))
		m.Export(name, f)
	}
	mod := instance(t, m)
	for name, o := range ops {
		for _, a := range []uint32{0, 1, 0x12345678, 1 << 31, 1<<32 - 1} {
			for _, b := range []uint32{0, 1, 0x9abcdef0, 1<<32 - 1} {
				if got, want := uint32(run(t, mod, name, uint64(a), uint64(b))[0]), o.want(a, b); got != want {
					t.Errorf("%s(%x, %x) = %x, want %x", name, a, b, got, want)
				}
			}
		}
	}
}

func TestAtomics(t *testing.T) {
	m := NewModule()
	m.SharedMemory()
	f := m.Func("f", Signature{})
	at := ConstI32(64)
	f.AtomicStoreI32(at, 0, ConstI32(5))
	f.StoreI32(ConstI32(0), 0, at.AtomicAdd(0, ConstI32(7))) // 5
	f.StoreI32(ConstI32(0), 4, at.AtomicLoadI32(0))          // 12
	f.AtomicStoreI64(at, 8, ConstI64(1<<40|3))
	f.StoreI32(ConstI32(0), 8, at.AtomicCompareExchange(8, ConstI64(3), ConstI64(9)).Low())            // 3: not exchanged
	f.StoreI32(ConstI32(0), 12, at.AtomicCompareExchange(8, ConstI64(1<<40|3), ConstI64(1<<41)).Low()) // 3: exchanged
	f.StoreI32(ConstI32(0), 16, at.AtomicLoadI64(8).ShrUC(32).Low())                                   // 512
	f.StoreI32(ConstI32(0), 20, at.AtomicWait(0, ConstI32(0), -1))                                     // 1: another value
	f.StoreI32(ConstI32(0), 24, at.AtomicWait(0, ConstI32(12), 1000))                                  // 2: in vain
	f.StoreI32(ConstI32(0), 28, at.AtomicNotify(0, ConstI32(3)))                                       // 0: nobody waits
	m.Export("f", f)
	mod := instance(t, m)
	run(t, mod, "f")
	for i, want := range []uint32{5, 12, 3, 3, 512, 1, 2, 0} {
		if got, _ := mod.Memory().ReadUint32Le(uint32(4 * i)); got != want {
			t.Errorf("word %d: %d, want %d", i, got, want)
		}
	}
}

// Two instances on one imported shared memory: one sleeps until the other has stored and notified.
func TestSharedMemory(t *testing.T) {
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCoreFeatures(api.CoreFeaturesV2|experimental.CoreFeaturesThreads))
	defer r.Close(ctx)
	env := NewModule()
	env.SharedMemory()
	env.OwnMemory(1)
	memory, err := r.InstantiateWithConfig(ctx, env.Bytes(), wazero.NewModuleConfig().WithName("env"))
	if err != nil {
		t.Fatal(err)
	}
	m := NewModule()
	m.SharedMemory()
	at := ConstI32(128)
	sleeper := m.Func("sleeper", Signature{})
	sleeper.Loop(func(again Label) {
		sleeper.Drop(at.AtomicAdd(4, ConstI32(1)))
		sleeper.Drop(at.AtomicWait(0, ConstI32(0), -1))
		sleeper.BrIf(again, at.AtomicLoadI32(0).Eqz())
	})
	sleeper.StoreI32(at, 8, at.AtomicLoadI32(0))
	waker := m.Func("waker", Signature{})
	waker.AtomicStoreI32(at, 0, ConstI32(33))
	waker.Drop(at.AtomicNotify(0, ConstI32(-1)))
	m.Export("sleeper", sleeper)
	m.Export("waker", waker)
	var wait sync.WaitGroup
	for _, name := range []string{"sleeper", "waker"} {
		mod, err := r.InstantiateWithConfig(ctx, m.Bytes(), wazero.NewModuleConfig().WithName(name))
		if err != nil {
			t.Fatal(err)
		}
		wait.Go(func() {
			// The waker comes once the sleeper runs. It does not wait in WebAssembly: Go cannot interrupt
			// that, and a garbage collection that begins meanwhile would keep the sleeper from starting.
			for name == "waker" {
				if began, _ := memory.Memory().ReadUint32Le(132); began > 0 {
					break
				}
				time.Sleep(time.Millisecond)
			}
			if _, err := mod.ExportedFunction(name).Call(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	b, _ := memory.Memory().Read(136, 4)
	if got := binary.LittleEndian.Uint32(b); got != 33 {
		t.Errorf("the sleeper saw %d, want 33", got)
	}
}

func TestData(t *testing.T) {
	m := NewModule()
	m.Data(3, []byte{1, 2})
	m.Data(1<<16-1, []byte{9})
	f := m.Func("load", Signature{Params: []Type{TypeI32}, Results: []Type{TypeI32}})
	f.Push(f.ParamI32(0).LoadI8U(0))
	m.Export("load", f)
	mod := instance(t, m)
	for at, want := range map[uint64]uint64{2: 0, 3: 1, 4: 2, 5: 0, 1<<16 - 1: 9} {
		if got := run(t, mod, "load", at)[0]; got != want {
			t.Errorf("byte %d is %d, want %d", at, got, want)
		}
	}
}
