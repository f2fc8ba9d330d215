package asm

import (
	"encoding/binary"
	"syscall/js"
	"testing"
)

// The relaxed dot products, which wazero does not have, are what V8 has under their numbers; with
// a second operand of 7 bits they are exact. Run by GOOS=js GOARCH=wasm go test.
func TestRelaxedDot(t *testing.T) {
	m := NewModule()
	m.OwnMemory(1)
	f := m.Func("f", Signature{})
	a, b := ConstI32(0).LoadI8x16(0), ConstI32(0).LoadI8x16(16)
	f.StoreI16x8(ConstI32(0), 48, a.RelaxedDot(b))
	f.StoreI32x4(ConstI32(0), 64, a.RelaxedDotAdd(b, ConstI32(0).LoadI32x4(32)))
	m.Export("f", f)

	mem := make([]byte, 80)
	for i := range 16 {
		mem[i], mem[16+i] = byte(37*i-128), byte(127-8*i)
	}
	for i := range 4 {
		binary.LittleEndian.PutUint32(mem[32+4*i:], uint32(1000*i))
	}
	code := js.Global().Get("Uint8Array").New(len(m.Bytes()))
	js.CopyBytesToJS(code, m.Bytes())
	wasm := js.Global().Get("WebAssembly")
	if !wasm.Call("validate", code).Bool() {
		t.Skip("this JavaScript engine has no relaxed SIMD (Node 20's is behind a flag and wrong)")
	}
	exports := wasm.Get("Instance").New(wasm.Get("Module").New(code)).Get("exports")
	view := js.Global().Get("Uint8Array").New(exports.Get("memory").Get("buffer"), 0, len(mem))
	js.CopyBytesToJS(view, mem)
	exports.Call("f")
	js.CopyBytesToGo(mem, view)

	product := func(i int) int { return int(int8(mem[i])) * int(mem[16+i]) }
	for i := range 8 {
		if got, want := int16(binary.LittleEndian.Uint16(mem[48+2*i:])), product(2*i)+product(2*i+1); int(got) != want {
			t.Errorf("lane %d of 16 bits: %d, want %d", i, got, want)
		}
	}
	for i := range 4 {
		want := 1000*i + product(4*i) + product(4*i+1) + product(4*i+2) + product(4*i+3)
		if got := int32(binary.LittleEndian.Uint32(mem[64+4*i:])); int(got) != want {
			t.Errorf("lane %d of 32 bits: %d, want %d", i, got, want)
		}
	}
}
