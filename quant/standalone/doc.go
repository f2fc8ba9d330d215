// Package standalone makes one WebAssembly module of a quantized network: its image (quant/exec) and the kernels
// that run it, with a memory of its own and no imports, so that any host with fixed-width SIMD runs it, the bits
// those of the engine.
//
// The module exports its memory and functions without arguments:
//
//	about, about_size   where in memory JSON of type About lies, and how many bytes of it
//	infer               runs the network on the inputs in memory, which it uses up, and leaves the outputs
//	check               compares constants and program with their digest, runs the network on the probes of the receipt
//	                    and compares what every layer leaves; it counts the values that are not what they were when the
//	                    module was made, the constants as one
//
// The file ends with the SHA-256 of all before it, in a custom section: check sees no code that the probes leave out.
//
// Inputs and outputs are float32 in ONNX order, little-endian, where About says.
package standalone
