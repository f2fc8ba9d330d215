package asm

// Expr is an expression of any type: code that leaves one value.
type Expr interface{ bytes() []byte }

// The functions that append instructions are not inlined: each stands behind one of the hundreds of lines of
// every kernel, and a browser compiles all that code before it emits the first module. It is a quarter of
// the bytes of a program, and two thirds of the time of emitting.

// op is one instruction after its operands.
//
//go:noinline
func op(code byte, operands ...[]byte) []byte { return append(join(operands), code) }

// simd is one instruction of the vector prefix 0xfd after its operands.
//
//go:noinline
func simd(code uint32, operands ...[]byte) []byte {
	return uleb(append(join(operands), 0xfd), code)
}

// lane is a vector instruction with a lane index.
func lane(code uint32, i int, operands ...[]byte) []byte {
	return append(simd(code, operands...), byte(i))
}

// load is a scalar load, or with a prefix in front of the code a vector one. The alignment written
// is 1 byte: it is a hint which no engine we run on uses.
func load(code []byte, address I32, offset uint32) []byte {
	b := append(join([][]byte{address.code}), code...)
	return uleb(append(b, 0), offset)
}

func vload(code uint32, address I32, offset uint32) []byte {
	return load(uleb([]byte{0xfd}, code), address, offset)
}

func join(parts [][]byte) []byte {
	n := 12 // room for the instruction
	for _, p := range parts {
		n += len(p)
	}
	b := make([]byte, 0, n)
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// variable is a local or a parameter.
type variable struct {
	f     *Func
	index uint32
}

func (v variable) get() []byte     { return uleb([]byte{0x20}, v.index) }
func (v variable) set(code []byte) { v.f.emit(code, uleb([]byte{0x21}, v.index)) }
func (v variable) tee(code []byte) []byte {
	return append(join([][]byte{code}), uleb([]byte{0x22}, v.index)...)
}
