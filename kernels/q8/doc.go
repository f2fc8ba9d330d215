// Package q8 holds the kernels of the exact integer engine (spec §8): for each a descriptor of its
// work, which becomes a call.Call, and a function that emits its WebAssembly. The scalar twin of each
// is in kernels/ref and defines its bits.
//
// Activations are 8-bit, channels last, one byte each, with a scale and a zero point. On one machine
// all are stored unsigned, or all signed (as call.Dot says); every zero point and bound in a
// descriptor is that of the storage: unsigned 0…255, or signed −128…127, which is the unsigned one
// less 128. A halo is filled with the zero point. Addresses are byte addresses in the arena, strides
// are in bytes; nothing needs to be aligned.
//
// Sums are exact int32. What becomes of them is requantization in float32, as ONNX Runtime does it
// and in its order: y = clamp(rhe(float32(acc)·M) + zero, lo, hi) with rhe rounding half to even; or
// y = float32(acc)·M, for layers whose output stays float.
package q8
