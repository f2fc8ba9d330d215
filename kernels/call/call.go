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
	Kernel   ID
	Units    uint32
	Args     []uint32
	Epilogue []EpilogueOp // behind the arguments of kernels that take some
	// Along says that this call may run at the same time as the one before it, and is so little
	// work that one thread does it on the way.
	Along bool
}

// EpilogueOp is an element-wise function applied in place to what a kernel has just written, while it is
// in the nearest cache: an activation, a fake quantizer, an observer. A strip starts at channel 0
// and holds whole pixels, so its length is a multiple of the channels.
type EpilogueOp struct {
	Fn    ID
	Words []uint32 // parameters of Fn
}

// Used lists the functions that calls need in their module, each once, in ascending order.
func Used(calls []Call) []ID {
	var used [Count]bool
	for _, c := range calls {
		used[c.Kernel] = true
		for _, p := range c.Epilogue {
			used[p.Fn] = true
		}
	}
	var list []ID
	for id := range Count {
		if used[id] {
			list = append(list, id)
		}
	}
	return list
}

// Header is the bytes of a record before its arguments.
const Header = 16

// Encode lays calls out as the bytes of a program: per call the words
//
//	size in bytes of this record, kernel, units, followers, args…, epilogue
//
// where the epilogue is, for each function, the words fn, number of words, words…, and then 0. It returns them with the byte offset of each record. Followers is the number of calls behind this
// one which the thread that takes its first unit does as well, in order, so that no thread waits for
// them: those that may run along with it, and those of a single unit after one of a single unit.
func Encode(calls []Call) (program []byte, offsets []uint32) {
	behind := followers(calls)
	for i, c := range calls {
		offsets = append(offsets, uint32(len(program)))
		args := append(c.Args[:len(c.Args):len(c.Args)], words(c.Epilogue)...)
		header := []uint32{uint32(Header + 4*len(args)), uint32(c.Kernel), c.Units, behind[i]}
		for _, w := range append(header, args...) {
			program = binary.LittleEndian.AppendUint32(program, w)
		}
	}
	return program, offsets
}

func words(epilogue []EpilogueOp) []uint32 {
	var words []uint32
	for _, p := range epilogue {
		words = append(append(words, uint32(p.Fn), uint32(len(p.Words))), p.Words...)
	}
	return append(words, 0)
}

// followers counts them for each call, from the last to the first: along are those behind a call that may
// run along, single those that may or are of a single unit.
func followers(calls []Call) []uint32 {
	n := make([]uint32, len(calls))
	along, single := uint32(0), uint32(0)
	for i := len(calls) - 1; i >= 0; i-- {
		c := calls[i]
		if c.Units == 1 {
			n[i] = single
		} else {
			n[i] = along
		}
		if c.Along {
			along++
		} else {
			along = 0
		}
		if c.Along || c.Units == 1 {
			single++
		} else {
			single = 0
		}
	}
	return n
}
