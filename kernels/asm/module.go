// Package asm is a small typed WebAssembly assembler: Go functions that emit functions.
//
// Values of I32, I64, F32, F32x4, I32x4, I16x8 and I8x16 are expressions: pieces of code that leave one
// value of that type. Methods combine them; a Func takes them in statements (Set, Store, If, Loop).
// Because the types differ, code that would not validate mostly does not compile in Go. The four
// vector types are one WebAssembly type, v128, read as lanes; conversions between them are free.
//
// What the assembler does not do: registers, reordering, constant folding. What is written is what
// is emitted, in that order. An expression may be used twice; it is then emitted (and run) twice.
//
// Encoding: WebAssembly core specification 2.0 with fixed-width SIMD; the relaxed dot products are
// those of the relaxed SIMD proposal, the atomics those of the threads proposal.
package asm

import "encoding/binary"

// Type is a WebAssembly value type.
type Type byte

// The value types that kernels use.
const (
	TypeI32  Type = 0x7f
	TypeI64  Type = 0x7e
	TypeF32  Type = 0x7d
	TypeV128 Type = 0x7b
)

// Signature is a function type; kernels return at most one value.
type Signature struct {
	Params  []Type
	Results []Type
}

// Module collects functions and becomes the bytes of one WebAssembly module. It has one table of
// functions, and one memory, which is imported as "env"."memory" unless it is made by OwnMemory.
type Module struct {
	types   [][]byte
	funcs   []*Func
	exports []export
	table   []*Func // nil is a hole
	data    []segment
	shared  bool
	own     uint32 // pages of a memory defined and exported here; 0: the memory is imported
}

type export struct {
	name string
	f    *Func
}

type segment struct {
	at    uint32
	bytes []byte
}

// NewModule returns an empty module.
func NewModule() *Module { return &Module{} }

// SharedMemory makes the memory, imported or own, a shared one, as threads need it.
func (m *Module) SharedMemory() { m.shared = true }

// OwnMemory makes the module define a memory of that many pages of 64 KiB, exported as "memory",
// instead of importing one.
func (m *Module) OwnMemory(pages uint32) { m.own = pages }

// Func adds a function; its name goes to the name section, where profilers find it.
func (m *Module) Func(name string, s Signature) *Func {
	f := &Func{m: m, index: uint32(len(m.funcs)), name: name, typ: m.typeIndex(s), sig: s}
	m.funcs = append(m.funcs, f)
	return f
}

// Export makes f callable from outside under the name.
func (m *Module) Export(name string, f *Func) {
	m.exports = append(m.exports, export{name, f})
}

// TableSize makes the table at least n entries long. Entries that no Elem fills are holes:
// call_indirect to one traps.
func (m *Module) TableSize(n uint32) {
	for uint32(len(m.table)) < n {
		m.table = append(m.table, nil)
	}
}

// Elem puts f into the table at index i.
func (m *Module) Elem(i uint32, f *Func) {
	m.TableSize(i + 1)
	m.table[i] = f
}

// Data puts bytes at an address when the module is instantiated.
func (m *Module) Data(at uint32, bytes []byte) { m.data = append(m.data, segment{at, bytes}) }

func (m *Module) typeIndex(s Signature) uint32 {
	b := []byte{0x60}
	for _, list := range [][]Type{s.Params, s.Results} {
		b = uleb(b, uint32(len(list)))
		for _, t := range list {
			b = append(b, byte(t))
		}
	}
	for i, t := range m.types {
		if string(t) == string(b) {
			return uint32(i)
		}
	}
	m.types = append(m.types, b)
	return uint32(len(m.types) - 1)
}

// Bytes returns the module in the binary format, sections in the order of the specification §5.5.
func (m *Module) Bytes() []byte {
	out := []byte{0, 'a', 's', 'm', 1, 0, 0, 0}
	out = vector(out, 1, len(m.types), func(i int, b []byte) []byte { return append(b, m.types[i]...) })
	if m.own == 0 {
		out = vector(out, 2, 1, func(_ int, b []byte) []byte {
			b = name(name(b, "env"), "memory")
			if m.shared { // a shared memory must declare a maximum: all of 4 GiB
				return uleb(uleb(append(b, 2, 3), 1), 65536)
			}
			return append(b, 2, 0, 0)
		})
	}
	out = vector(out, 3, len(m.funcs), func(i int, b []byte) []byte { return uleb(b, m.funcs[i].typ) })
	if len(m.table) > 0 {
		out = vector(out, 4, 1, func(_ int, b []byte) []byte {
			b = append(b, 0x70, 1)
			return uleb(uleb(b, uint32(len(m.table))), uint32(len(m.table)))
		})
	}
	exports := len(m.exports)
	if m.own > 0 {
		out = vector(out, 5, 1, func(_ int, b []byte) []byte {
			if m.shared {
				return uleb(uleb(append(b, 3), m.own), m.own)
			}
			return uleb(append(b, 0), m.own)
		})
		exports++
	}
	out = vector(out, 7, exports, func(i int, b []byte) []byte {
		if i == len(m.exports) {
			return append(name(b, "memory"), 2, 0)
		}
		return uleb(append(name(b, m.exports[i].name), 0), m.exports[i].f.index)
	})
	var filled []uint32
	for i, f := range m.table {
		if f != nil {
			filled = append(filled, uint32(i))
		}
	}
	out = vector(out, 9, len(filled), func(i int, b []byte) []byte {
		b = sleb(append(b, 0, 0x41), int64(filled[i]))
		return uleb(append(b, 0x0b, 1), m.table[filled[i]].index)
	})
	out = vector(out, 10, len(m.funcs), func(i int, b []byte) []byte {
		body := m.funcs[i].encode()
		return append(uleb(b, uint32(len(body))), body...)
	})
	out = vector(out, 11, len(m.data), func(i int, b []byte) []byte {
		b = append(sleb(append(b, 0, 0x41), int64(int32(m.data[i].at))), 0x0b)
		return append(uleb(b, uint32(len(m.data[i].bytes))), m.data[i].bytes...)
	})
	return m.names(out)
}

// names appends the custom section "name" with the functions' names.
func (m *Module) names(out []byte) []byte {
	var sub []byte
	sub = uleb(sub, uint32(len(m.funcs)))
	for _, f := range m.funcs {
		sub = name(uleb(sub, f.index), f.name)
	}
	body := append(name(nil, "name"), 1)
	body = append(uleb(body, uint32(len(sub))), sub...)
	return append(uleb(append(out, 0), uint32(len(body))), body...)
}

// vector appends section id with n elements; an empty one is left out.
func vector(out []byte, id byte, n int, element func(i int, b []byte) []byte) []byte {
	if n == 0 {
		return out
	}
	body := uleb(nil, uint32(n))
	for i := range n {
		body = element(i, body)
	}
	return append(uleb(append(out, id), uint32(len(body))), body...)
}

func name(b []byte, s string) []byte { return append(uleb(b, uint32(len(s))), s...) }

func float32Bytes(b []byte, bits uint32) []byte { return binary.LittleEndian.AppendUint32(b, bits) }
