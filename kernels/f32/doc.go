// Package f32 holds the float32 kernels: for each a descriptor of its work, which becomes a
// call.Call, and a function that emits its WebAssembly. The scalar twin of each is in kernels/ref
// and defines its bits: every product and every sum is rounded by itself, in a fixed order.
//
// Activations are channels last. Addresses are byte addresses in the arena, strides are in bytes;
// nothing needs to be aligned. Kernels read and write exactly the elements their descriptor names.
package f32

import "github.com/quantscope/quantscope/kernels/asm"

// Env is what emitted kernels share in a module.
type Env struct {
	M *asm.Module
	// PostChain is post_chain(chain, data address, floats, thread): runs the post functions of a
	// chain as call.Encode lays it out over a strip, in order.
	PostChain *asm.Func
	tiles     *[gemmMR + 1]*asm.Func // of GEMM, by rows, as far as a kernel has asked for them
}

// NewEnv begins a module.
func NewEnv(m *asm.Module) Env {
	return Env{M: m, PostChain: emitPostChain(m), tiles: new([gemmMR + 1]*asm.Func)}
}

// gemmTile is f32_igemm_<mr>x8.
func (e Env) gemmTile(mr int) *asm.Func {
	if e.tiles[mr] == nil {
		e.tiles[mr] = emitGEMMTile(e.M, mr)
	}
	return e.tiles[mr]
}

// Signature is that of every kernel (args, from, to, thread) and of every post function
// (words, data, floats, thread); all are i32.
func Signature() asm.Signature {
	return asm.Signature{Params: []asm.Type{asm.TypeI32, asm.TypeI32, asm.TypeI32, asm.TypeI32}}
}
