package asm

import "encoding/binary"

// SplitSplats gives the module with every load that splats 32 bits as a load and a splat, which leave the same bits.
// Browsers make one instruction of the first form. Cranelift folds that load nowhere where its value is read twice:
// it goes through a general register and takes two steps of the units that move lanes, where the second form takes
// one. Of a module that this package did not make it gives the same bytes.
func SplitSplats(module []byte) (split []byte) {
	defer func() {
		if recover() != nil { // beyond the end of something, or at an instruction that nothing here emits
			split = module
		}
	}()
	r := &cursor{b: module}
	out := append([]byte{}, r.next(8)...)
	for len(r.b) > 0 {
		id, section := r.next(1)[0], r.next(r.uleb())
		if id == 10 {
			section = splitBodies(section)
		}
		out = append(uleb(append(out, id), uint32(len(section))), section...)
	}
	return out
}

// splitBodies does it in the code section.
func splitBodies(section []byte) []byte {
	r := &cursor{b: section}
	n := r.uleb()
	out := uleb(nil, uint32(n))
	for range n {
		body := splitBody(r.next(r.uleb()))
		out = append(uleb(out, uint32(len(body))), body...)
	}
	return out
}

func splitBody(body []byte) []byte {
	r := &cursor{b: body}
	for range r.uleb() { // groups of locals: how many, and their type
		r.uleb()
		r.next(1)
	}
	out := append([]byte{}, body[:len(body)-len(r.b)]...)
	for len(r.b) > 0 {
		start := r.b
		r.instruction()
		code := start[:len(start)-len(r.b)]
		if code[0] == 0xfd && code[1] == 0x09 { // v128.load32_splat
			out = append(append(append(out, 0x2a), code[2:]...), 0xfd, 0x13) // f32.load, f32x4.splat
		} else {
			out = append(out, code...)
		}
	}
	return out
}

// cursor goes through code; beyond its end it panics.
type cursor struct{ b []byte }

func (r *cursor) next(n int) []byte {
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *cursor) uleb() int {
	x, n := binary.Uvarint(r.b)
	r.next(max(n, 1))
	return int(x)
}

// instruction passes over one that this package emits.
func (r *cursor) instruction() {
	switch op := r.next(1)[0]; {
	case op >= 0x02 && op <= 0x04, op == 0x0c, op == 0x0d, op == 0x10, op >= 0x20 && op <= 0x22, op == 0x41, op == 0x42:
		r.uleb() // the type of a block; a label, a function, a local; a constant
	case op == 0x11, op >= 0x28 && op <= 0x3e: // call_indirect; loads and stores
		r.uleb()
		r.uleb()
	case op == 0x43:
		r.next(4)
	case op == 0xfc:
		if op := r.uleb(); op >= 10 { // memory.copy, memory.fill
			r.next(12 - op)
		}
	case op == 0xfd:
		r.vector()
	case op == 0xfe: // atomics
		r.uleb()
		r.uleb()
		r.uleb()
	case op <= 0x01, op == 0x05, op == 0x0b, op == 0x0f, op == 0x1a, op == 0x1b, op >= 0x45 && op <= 0xbf:
	default:
		panic("an instruction that nothing here emits")
	}
}

// vector passes over what follows the prefix of vector instructions.
func (r *cursor) vector() {
	op := r.uleb()
	if op <= 0x0b || op >= 0x54 && op <= 0x5d { // loads and stores
		r.uleb()
		r.uleb()
	}
	switch {
	case op == 0x0c, op == 0x0d: // a constant, a shuffle
		r.next(16)
	case op >= 0x15 && op <= 0x22, op >= 0x54 && op <= 0x5b: // a lane
		r.next(1)
	}
}
