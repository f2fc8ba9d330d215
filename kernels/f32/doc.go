// Package f32 holds the float32 kernels: for each a descriptor of its work, which becomes a
// call.Call, and a function that emits its WebAssembly. The scalar twin of each is in kernels/ref
// and defines its bits: every product and every sum is rounded by itself, in a fixed order.
//
// Activations are channels last. Addresses are byte addresses in the arena, strides are in bytes;
// nothing needs to be aligned. Kernels read and write exactly the elements their descriptor names.
package f32
