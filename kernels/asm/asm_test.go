package asm

import (
	"context"
	"encoding/binary"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/quantscope/quantscope/kernels/scalar"
)

// both is a module under wazero, and with its splats split on the scalar engine, which must do the same.
type both struct {
	api.Module
	scalar *scalar.Instance // nil for what is not for it
	memory []byte
}

// instance makes m run under wazero, with a memory of one page.
func instance(t *testing.T, m *Module) both {
	t.Helper()
	m.OwnMemory(1)
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCoreFeatures(api.CoreFeaturesV2|experimental.CoreFeaturesThreads))
	t.Cleanup(func() { r.Close(ctx) })
	mod, err := r.Instantiate(ctx, m.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	b := both{Module: mod, memory: make([]byte, mod.Memory().Size())}
	code, err := scalar.Compile(SplitSplats(m.Bytes()))
	if err == nil {
		b.scalar = code.New(b.memory)
	} else if !m.shared {
		t.Fatal(err)
	}
	return b
}

func run(t *testing.T, mod both, name string, args ...uint64) []uint64 {
	t.Helper()
	memory, _ := mod.Memory().Read(0, mod.Memory().Size())
	copy(mod.memory, memory)
	out, err := mod.ExportedFunction(name).Call(context.Background(), args...)
	if err != nil {
		t.Fatal(err)
	}
	if mod.scalar == nil {
		return out
	}
	words := make([]uint32, len(args))
	for i, a := range args {
		words[i] = uint32(a)
	}
	x, err := mod.scalar.Call(name, words...)
	if err != nil {
		t.Fatalf("%s on the scalar engine: %v", name, err)
	}
	if len(out) > 0 && uint32(out[0]) != x && !nans(uint32(out[0]), x) {
		t.Errorf("%s: %#x on the scalar engine, %#x under wazero", name, x, out[0])
	}
	for at := 0; at < len(memory); at += 4 {
		if a, b := binary.LittleEndian.Uint32(mod.memory[at:]), binary.LittleEndian.Uint32(memory[at:]); a != b && !nans(a, b) {
			t.Errorf("%s: at %d %#x on the scalar engine, %#x under wazero", name, at, a, b)
			break
		}
	}
	return out
}

// nans tells that both are NaNs, of which machines may choose one.
func nans(a, b uint32) bool {
	const inf = 0x7f800000
	return a<<1 > inf<<1 && b<<1 > inf<<1
}

func TestLEB128(t *testing.T) {
	for _, c := range []struct {
		v    int64
		want string
	}{
		{0, "\x00"}, {63, "\x3f"}, {64, "\xc0\x00"}, {-1, "\x7f"}, {-64, "\x40"}, {-65, "\xbf\x7f"},
		{127, "\xff\x00"}, {128, "\x80\x01"}, {-128, "\x80\x7f"}, {1<<31 - 1, "\xff\xff\xff\xff\x07"}, {-1 << 31, "\x80\x80\x80\x80\x78"},
	} {
		if got := string(sleb(nil, c.v)); got != c.want {
			t.Errorf("sleb(%d) = %x, want %x", c.v, got, c.want)
		}
	}
	if got := string(uleb(nil, 1<<32-1)); got != "\xff\xff\xff\xff\x0f" {
		t.Errorf("uleb(max) = %x", got)
	}
}

// Sums 0…n−1 in a loop with a branch out, calls through the table, and keeps locals of mixed types.
func TestControl(t *testing.T) {
	m := NewModule()
	unary := Signature{Params: []Type{TypeI32}}
	sum := m.Func("sum", Signature{Params: []Type{TypeI32}, Results: []Type{TypeI32}})
	{
		n, i := sum.ParamI32(0), sum.I32()
		x, v, s := sum.F32(), sum.F32x4(), sum.I32()
		x.Set(ConstF32(2))
		v.Set(x.Splat())
		sum.For(i, ConstI32(0), n.I32, 1, func() { s.Set(s.Add(i.I32)) })
		sum.Block(func(end Label) {
			sum.BrIf(end, s.LtU(ConstI32(100)))
			sum.If(s.Eq(ConstI32(190)), func() { sum.Return(v.Lane(3).TruncSatS()) }, func() { s.Set(s.AddC(1)) })
		})
		sum.Push(s.I32)
	}
	keep := m.Func("keep", unary)
	keep.StoreI32(ConstI32(16), 4, CallI32(sum, keep.ParamI32(0).I32))
	apply := m.Func("apply", Signature{Params: []Type{TypeI32, TypeI32}})
	apply.CallIndirect(unary, apply.ParamI32(0).I32, apply.ParamI32(1).I32)
	m.Elem(3, keep)
	m.TableSize(6)
	m.Export("sum", sum)
	m.Export("apply", apply)
	mod := instance(t, m)
	for n, want := range map[uint64]uint64{0: 0, 1: 0, 5: 10, 20: 2, 21: 211} {
		if got := run(t, mod, "sum", n)[0]; got != want {
			t.Errorf("sum(%d) = %d, want %d", n, got, want)
		}
	}
	run(t, mod, "apply", 3, 5)
	if got, _ := mod.Memory().ReadUint32Le(20); got != 10 {
		t.Errorf("through the table: %d, want 10", got)
	}
	for _, hole := range []uint64{0, 2, 4, 5, 6} {
		if _, err := mod.ExportedFunction("apply").Call(context.Background(), hole, 5); err == nil {
			t.Errorf("calling the hole %d did not trap", hole)
		}
	}
}

func TestMemory(t *testing.T) {
	m := NewModule()
	f := m.Func("f", Signature{})
	v := f.F32x4()
	f.MemoryFill(ConstI32(100), ConstI32(0xab), ConstI32(3))
	f.MemoryCopy(ConstI32(200), ConstI32(99), ConstI32(5))
	v.Set(ConstI32(0).LoadF32x4(0))
	f.StoreLane32(ConstI32(300), 0, v.F32x4, 2)
	f.StoreLane64(ConstI32(300), 4, v.F32x4, 1)
	f.StoreF32x4(ConstI32(300), 12, ConstI32(4).LoadSplatF32x4(4))
	f.StoreF32x4(ConstI32(300), 28, ConstI32(4).LoadZero32F32x4(0))
	f.StoreF32x4(ConstI32(300), 60, ConstI32(4).LoadSplat64F32x4(0))
	f.StoreF32x4(ConstI32(300), 76, ConstI32(0).LoadLane32(0, v.F32x4, 3))
	f.StoreI8(ConstI32(300), 92, ConstI32(0x180))
	f.StoreI32(ConstI32(300), 93, ConstI32(392).LoadI8S(0))
	f.StoreI32(ConstI32(300), 97, ConstI32(392).LoadI8U(0))
	f.StoreF32(ConstI32(300), 105, ConstI32(0).LoadF32(4))
	f.StoreI16x8(ConstI32(300), 109, ConstI32(388).LoadExtendS8x8(0))
	m.Export("f", f)
	mod := instance(t, m)
	mem := mod.Memory()
	for i, x := range []float32{1.5, 2.5, 3.5, 4.5} {
		mem.WriteFloat32Le(uint32(4*i), x)
	}
	run(t, mod, "f")
	if b, _ := mem.Read(200, 5); string(b) != "\x00\xab\xab\xab\x00" {
		t.Errorf("fill and copy: %x", b)
	}
	for i, want := range []float32{3.5, 3.5, 4.5, 3.5, 3.5, 3.5, 3.5, 2.5, 0, 0, 0, 0, 0, 0, 0, 2.5, 3.5, 2.5, 3.5, 1.5, 2.5, 3.5, 1.5} {
		if got, _ := mem.ReadFloat32Le(uint32(300 + 4*i)); got != want {
			t.Errorf("float %d = %v, want %v", i, got, want)
		}
	}
	for at, want := range map[uint32]uint32{393: 0xffffff80, 397: 0x80, 405: 0x40200000} {
		if got, _ := mem.ReadUint32Le(at); got != want {
			t.Errorf("word at %d = %x, want %x", at, got, want)
		}
	}
	// bytes 388…395 are 00 00 c0 3f (1.5) then 80 80 ff ff, by the stores above
	if b, _ := mem.Read(409, 16); string(b) != "\x00\x00\x00\x00\xc0\xff\x3f\x00\x80\xff\x80\xff\xff\xff\xff\xff" {
		t.Errorf("extend: %x", b)
	}
}

// The import of a memory, plain or shared, is what the engines expect.
func TestImportedMemory(t *testing.T) {
	for _, c := range []struct {
		shared bool
		limits string
	}{{false, "\x02\x00\x00"}, {true, "\x02\x03\x01\x80\x80\x04"}} {
		m := NewModule()
		m.Func("f", Signature{})
		if c.shared {
			m.SharedMemory()
		}
		want := "\x03env\x06memory" + c.limits
		if b := string(m.Bytes()); b[17:17+len(want)] != want {
			t.Errorf("shared %v: %x", c.shared, b)
		}
	}
}
