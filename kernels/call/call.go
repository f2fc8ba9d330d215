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
	// Along says that this call may run at the same time as the one before it, and is so little
	// work that one thread does it on the way.
	Along bool
}

// Header is the bytes of a record before its arguments.
const Header = 16

// Encode lays calls out as the bytes of a program: per call the words
//
//	size in bytes of this record, kernel, units, followers, args…
//
// and returns them with the byte offset of each record. Followers is the number of calls behind this
// one which the thread that takes its first unit does as well, in order, so that no thread waits for
// them: those that may run along with it, and those of a single unit after one of a single unit.
func Encode(calls []Call) (program []byte, offsets []uint32) {
	for i, c := range calls {
		offsets = append(offsets, uint32(len(program)))
		for _, w := range [...]uint32{uint32(Header + 4*len(c.Args)), uint32(c.Kernel), c.Units, followers(calls[i:])} {
			program = binary.LittleEndian.AppendUint32(program, w)
		}
		for _, a := range c.Args {
			program = binary.LittleEndian.AppendUint32(program, a)
		}
	}
	return program, offsets
}

func followers(calls []Call) uint32 {
	n := 1
	for n < len(calls) && (calls[n].Along || calls[0].Units == 1 && calls[n].Units == 1) {
		n++
	}
	return uint32(n - 1)
}
