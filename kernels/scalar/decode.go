// Package scalar runs a module of kernels in Go, one instruction and one lane after the other: no compiler of a browser
// or of a runtime has a part in what comes out, nor has a processor's vector unit. It is slow, and there to tell
// whether they are right: the bits are those of the scalar twins in kernels/ref.
//
// It takes what kernels/asm makes for one thread: functions, one imported memory, one table, data, blocks without
// values. Relaxed dot products, which every machine reads its own way, and atomics are refused.
package scalar

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Code is a module, decoded.
type Code struct {
	funcs   []*function
	exports map[string]*function
	table   []*function
	data    []segment
}

type segment struct {
	at    uint32
	bytes []byte
}

type function struct {
	params, results, locals int
	body                    []ins
	wide                    []value // constants of 128 bits
}

// ins is one instruction: its operation, vector ones behind vector, and what stands in the code with it.
type ins struct {
	op uint16
	n  uint8  // lane
	x  uint32 // index, offset, or where to go on
	c  uint64 // constant
}

// Behind these are the instructions with a prefix.
const (
	bulk   = 0x100
	vector = 0x200
)

type signature struct{ params, results int }

// maxTable bounds a table; that of kernels has some hundred places.
const maxTable = 1 << 16

// errModule is a module that is not of kernels/asm, for one thread.
var errModule = errors.New("the module is not one that the scalar engine runs")

// Compile decodes a module.
func Compile(module []byte) (c *Code, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errModule, p)
		}
	}()
	c = &Code{exports: map[string]*function{}}
	r := &reader{b: module}
	r.next(8)
	var types []signature
	for len(r.b) > 0 {
		id := r.byte()
		s := &reader{b: r.next(int(r.uleb()))}
		switch id {
		case 1:
			for range s.uleb() {
				s.byte()
				t := signature{params: int(s.uleb())}
				s.next(t.params)
				t.results = int(s.uleb())
				s.next(t.results)
				types = append(types, t)
			}
		case 3:
			for range s.uleb() {
				t := types[s.uleb()]
				c.funcs = append(c.funcs, &function{params: t.params, results: t.results})
			}
		case 4:
			s.uleb()
			s.byte()
			s.byte()
			n := s.uleb()
			if n > maxTable {
				return nil, fmt.Errorf("%w: its table has %d places", errModule, n)
			}
			c.table = make([]*function, n)
		case 7:
			for range s.uleb() {
				name := string(s.next(int(s.uleb())))
				if kind, i := s.byte(), s.uleb(); kind == 0 {
					c.exports[name] = c.funcs[i]
				}
			}
		case 9:
			for range s.uleb() {
				s.next(2) // segment 0, i32.const
				at := s.sleb()
				s.byte()
				for k := range s.uleb() {
					c.table[uint32(at)+k] = c.funcs[s.uleb()]
				}
			}
		case 10:
			for i := range s.uleb() {
				if err := c.funcs[i].decode(&reader{b: s.next(int(s.uleb()))}, types); err != nil {
					return nil, err
				}
			}
		case 11:
			for range s.uleb() {
				s.next(2)
				at := uint32(s.sleb())
				s.byte()
				c.data = append(c.data, segment{at, s.next(int(s.uleb()))})
			}
		}
	}
	return c, nil
}

// decode reads a body; branches become places in it.
func (f *function) decode(r *reader, types []signature) error {
	f.locals = f.params
	for range r.uleb() {
		f.locals += int(r.uleb())
		r.byte()
	}
	type block struct {
		start int   // of a loop, −1 of others
		ends  []int // instructions that go on behind it
		iff   int   // an if that has yet to learn where else is, −1
	}
	open := []block{{start: -1, iff: -1}}
	branch := func(depth uint32, at int) {
		b := &open[len(open)-1-int(depth)]
		if b.start >= 0 {
			f.body[at].x = uint32(b.start)
		} else {
			b.ends = append(b.ends, at)
		}
	}
	for len(open) > 0 {
		op := r.byte()
		i := ins{op: uint16(op)}
		at := len(f.body)
		switch op {
		case 0x02, 0x03: // block, loop
			r.byte()
			b := block{start: -1, iff: -1}
			if op == 0x03 {
				b.start = at
			}
			open = append(open, b)
			continue
		case 0x04: // if
			r.byte()
			open = append(open, block{start: -1, iff: at})
		case 0x05: // else: who comes here from above is done with the if
			b := &open[len(open)-1]
			f.body[b.iff].x = uint32(at + 1)
			b.iff, b.ends = -1, append(b.ends, at)
			i.op = 0x0c
		case 0x0b: // end
			b := open[len(open)-1]
			open = open[:len(open)-1]
			if b.iff >= 0 {
				f.body[b.iff].x = uint32(at)
			}
			for _, k := range b.ends {
				f.body[k].x = uint32(at)
			}
			continue
		case 0x0c, 0x0d: // br, br_if
			depth := r.uleb()
			f.body = append(f.body, i)
			branch(depth, at)
			continue
		case 0x10, 0x20, 0x21, 0x22: // call, locals
			i.x = r.uleb()
		case 0x11: // call_indirect
			i.x = r.uleb()
			t := types[i.x]
			i.c = uint64(t.params)<<8 | uint64(t.results)
			r.byte()
		case 0x28, 0x2a, 0x2c, 0x2d, 0x2e, 0x2f, 0x36, 0x38, 0x3a, 0x3b:
			r.uleb()
			i.x = r.uleb()
		case 0x41, 0x42:
			i.c = uint64(r.sleb())
			if op == 0x41 {
				i.c = uint64(uint32(i.c))
			}
		case 0x43:
			i.c = uint64(binary.LittleEndian.Uint32(r.next(4)))
		case 0xfc:
			sub := r.uleb()
			i.op = bulk + uint16(sub)
			switch sub {
			case 10:
				r.next(2)
			case 11:
				r.next(1)
			}
		case 0xfd:
			sub := r.uleb()
			if sub > 0xff {
				return fmt.Errorf("%w: it has the relaxed instruction %#x", errModule, sub)
			}
			i.op = vector + uint16(sub)
			switch {
			case sub <= 0x0b, sub == 0x5c, sub == 0x5d:
				r.uleb()
				i.x = r.uleb()
			case sub == 0x0c, sub == 0x0d:
				b := r.next(16)
				i.x = uint32(len(f.wide))
				f.wide = append(f.wide, value{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])})
			case sub >= 0x15 && sub <= 0x22:
				i.n = r.byte()
			case sub == 0x56, sub == 0x5a, sub == 0x5b:
				r.uleb()
				i.x = r.uleb()
				i.n = r.byte()
			}
		case 0xfe:
			return fmt.Errorf("%w: it has atomics, which are for threads", errModule)
		}
		f.body = append(f.body, i)
	}
	f.body = append(f.body, ins{op: 0x0f})
	return nil
}

// reader takes a module apart. Beyond its end it panics.
type reader struct{ b []byte }

func (r *reader) next(n int) []byte {
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) byte() byte { return r.next(1)[0] }

func (r *reader) uleb() (x uint32) {
	for shift := 0; ; shift += 7 {
		b := r.byte()
		x |= uint32(b&0x7f) << shift
		if b < 0x80 {
			return x
		}
	}
}

func (r *reader) sleb() (x int64) {
	for shift := 0; ; {
		b := r.byte()
		x |= int64(b&0x7f) << shift
		shift += 7
		if b < 0x80 {
			if b&0x40 != 0 && shift < 64 {
				x |= -1 << shift
			}
			return x
		}
	}
}
