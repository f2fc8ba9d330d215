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
}

// Signature is that of every kernel (args, from, to, thread) and of every post function
// (words, data, floats, thread); all are i32.
func Signature() asm.Signature {
	return asm.Signature{Params: []asm.Type{asm.TypeI32, asm.TypeI32, asm.TypeI32, asm.TypeI32}}
}
