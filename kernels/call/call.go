// Package call describes work for the kernels: a Call is one layer, a Program is a list of Calls in
// the arena. It holds data only, so that kernels, engine and the plan of a network share it.
package call

import "encoding/binary"

// ID is a kernel's fixed index in the function table of the emitted module. Zero is no kernel.
type ID uint32

// Call is one layer's work. Every kernel has the WebAssembly signature
//
//	(args i32, from i32, to i32, thread i32)
//
// and does units [from, to) of the call; units are independent of each other, so that threads may
// split them without changing a bit. Args are 32-bit words: byte addresses, counts, float32 bits.
type Call struct {
	Kernel ID
	Units  uint32
	Args   []uint32
}

// Encode lays calls out as the bytes of a program: per call the words
//
//	size in bytes of this record, kernel, units, args…
//
// and returns them with the byte offset of each record.
func Encode(calls []Call) (program []byte, offsets []uint32) {
	for _, c := range calls {
		offsets = append(offsets, uint32(len(program)))
		program = binary.LittleEndian.AppendUint32(program, uint32(12+4*len(c.Args)))
		program = binary.LittleEndian.AppendUint32(program, uint32(c.Kernel))
		program = binary.LittleEndian.AppendUint32(program, c.Units)
		for _, a := range c.Args {
			program = binary.LittleEndian.AppendUint32(program, a)
		}
	}
	return program, offsets
}
