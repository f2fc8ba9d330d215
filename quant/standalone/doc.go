// Package standalone makes one WebAssembly module of a quantized network: its image (quant/exec) and the kernels
// that run it, with a memory of its own and no imports, so that any host with fixed-width SIMD runs it, the bits
// those of the engine.
//
// The module exports its memory and functions without arguments:
//
//	about, about_size   where in memory JSON of type About lies, and how many bytes of it
//	infer               runs the network on the inputs in memory, which it uses up, and leaves the outputs
//	check               runs it on the probes of the receipt and counts the numbers that differ from what they were
//	                    when the module was made
//
// Inputs and outputs are float32 in ONNX order, little-endian, at the addresses that About has.
package standalone
