package tflite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// flat reads a FlatBuffer. The first thing that lies outside the file is kept in err, and everything read after
// it is empty, so that a reader asks once. spare bounds the elements read: tables and vectors may be shared in
// a file, so that one of a few bytes could ask for billions.
type flat struct {
	b     []byte
	spare int
	err   error
}

// root is the table that the file begins with.
func root(b []byte) (*flat, table) {
	f := &flat{b: b, spare: spareFactor*len(b) + spareFloor}
	return f, f.tableAt(f.follow(0))
}

// What a file may ask for: writers share vtables, names and small vectors, and nothing that is large.
const (
	spareFactor = 4
	spareFloor  = 1 << 16
)

var (
	errOutside = errors.New("it is damaged or cut off: download it or convert the network again")
	errShared  = errors.New("the file refers to the same data too often")
)

func (f *flat) fail(err error) {
	if f.err == nil {
		f.err = err
	}
}

// charge takes n elements of what the file may ask for.
func (f *flat) charge(n int) bool {
	if f.spare -= n; f.spare < 0 {
		f.fail(errShared)
	}
	return f.err == nil
}

// bytes are n bytes at a place; nil, with the error kept, where they are not there.
func (f *flat) bytes(at, n int) []byte {
	if f.err != nil {
		return nil
	}
	if at < 0 || n < 0 || at > len(f.b) || n > len(f.b)-at {
		f.fail(fmt.Errorf("%w: %d bytes at %d of %d", errOutside, n, at, len(f.b)))
		return nil
	}
	return f.b[at : at+n : at+n]
}

func (f *flat) u16(at int) int {
	if b := f.bytes(at, 2); b != nil {
		return int(binary.LittleEndian.Uint16(b))
	}
	return 0
}

func (f *flat) u32(at int) uint32 {
	if b := f.bytes(at, 4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// follow is the place that the unsigned offset at a place leads to.
func (f *flat) follow(at int) int {
	to := int64(at) + int64(f.u32(at))
	if f.err == nil && to > int64(len(f.b)) {
		f.fail(errOutside)
	}
	if f.err != nil {
		return 0
	}
	return int(to)
}

// table is a table of the file; its zero value has no field, so that all are their defaults.
type table struct {
	f      *flat
	at     int
	vtable []byte
}

func (f *flat) tableAt(at int) table {
	if !f.charge(1) {
		return table{}
	}
	vt := int64(at) - int64(int32(f.u32(at)))
	if f.err == nil && (vt < 0 || vt > int64(len(f.b))) {
		f.fail(errOutside)
	}
	if f.err != nil {
		return table{}
	}
	size := f.u16(int(vt))
	return table{f, at, f.bytes(int(vt), size)}
}

// field is the place of a field, in the order of the schema; 0 where the table has none.
func (t table) field(slot int) int {
	if at := 4 + 2*slot; at+2 <= len(t.vtable) {
		if offset := binary.LittleEndian.Uint16(t.vtable[at:]); offset != 0 {
			return t.at + int(offset)
		}
	}
	return 0
}

func (t table) int(slot, otherwise int) int {
	if at := t.field(slot); at != 0 {
		return int(int32(t.f.u32(at)))
	}
	return otherwise
}

func (t table) byte(slot, otherwise int) int {
	if at := t.field(slot); at != 0 {
		if b := t.f.bytes(at, 1); b != nil {
			return int(b[0])
		}
	}
	return otherwise
}

func (t table) bool(slot int, otherwise bool) bool {
	n := 0
	if otherwise {
		n = 1
	}
	return t.byte(slot, n) != 0
}

func (t table) float(slot int, otherwise float32) float32 {
	if at := t.field(slot); at != 0 {
		return math.Float32frombits(t.f.u32(at))
	}
	return otherwise
}

// long is an unsigned field of 64 bits.
func (t table) long(slot int) uint64 {
	if at := t.field(slot); at != 0 {
		if b := t.f.bytes(at, 8); b != nil {
			return binary.LittleEndian.Uint64(b)
		}
	}
	return 0
}

// table is a field that is a table.
func (t table) table(slot int) table {
	if at := t.field(slot); at != 0 {
		return t.f.tableAt(t.f.follow(at))
	}
	return table{f: t.f}
}

// vector is the bytes of a field that is a vector of elements of the given size.
func (t table) vector(slot, size int) (b []byte, at int) {
	at = t.field(slot)
	if at == 0 {
		return nil, 0
	}
	at = t.f.follow(at)
	n := t.f.u32(at)
	if t.f.err == nil && int64(n) > int64(len(t.f.b)/size) {
		t.f.fail(errOutside)
	}
	return t.f.bytes(at+4, int(n)*size), at + 4
}

// raw are the bytes of a vector, which alias the file.
func (t table) raw(slot int) []byte {
	b, _ := t.vector(slot, 1)
	return b
}

func (t table) text(slot int) string {
	b := t.raw(slot)
	if len(b) == 0 || !t.f.charge(len(b)) {
		return ""
	}
	return string(b)
}

func (t table) ints(slot int) []int {
	b, _ := t.vector(slot, 4)
	if len(b) == 0 || !t.f.charge(len(b)) {
		return nil
	}
	list := make([]int, len(b)/4)
	for i := range list {
		list[i] = int(int32(binary.LittleEndian.Uint32(b[4*i:])))
	}
	return list
}

func (t table) tables(slot int) []table {
	b, at := t.vector(slot, 4)
	if len(b) == 0 || !t.f.charge(len(b)) {
		return nil
	}
	list := make([]table, len(b)/4)
	for i := range list {
		list[i] = t.f.tableAt(t.f.follow(at + 4*i))
	}
	return list
}
