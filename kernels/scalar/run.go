package scalar

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Instance is a module with a memory, for one goroutine at a time.
type Instance struct {
	code   *Code
	memory []byte
	stack  []value
}

// depth is how many values the stack holds at most: kernels call each other a few times.
const depth = 1 << 14

// New gives a module a memory and writes its data there.
func (c *Code) New(memory []byte) *Instance {
	for _, d := range c.data {
		copy(memory[d.at:], d.bytes)
	}
	return &Instance{code: c, memory: memory, stack: make([]value, depth)}
}

// Has tells whether the module exports a function of that name.
func (m *Instance) Has(name string) bool { return m.code.exports[name] != nil }

// Call calls an exported function of 32-bit arguments and gives its result, 0 where it has none. What traps is an error.
func (m *Instance) Call(name string, args ...uint32) (result uint32, err error) {
	f := m.code.exports[name]
	if f == nil || len(args) != f.params {
		return 0, fmt.Errorf("the module exports no function %s of %d arguments", name, len(args))
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a kernel trapped: %v", p)
		}
	}()
	for i, a := range args {
		m.stack[i] = of(a)
	}
	m.run(f, 0)
	return m.stack[0].u32(), nil
}

var errUnreachable = errors.New("unreachable")

// run runs f, whose arguments are at base; its result takes their place.
func (m *Instance) run(f *function, base int) {
	s := m.stack
	clear(s[base+f.params : base+f.locals])
	sp := base + f.locals // first free place
	body := f.body
	for pc := 0; ; pc++ {
		i := &body[pc]
		switch i.op {
		case 0x00:
			panic(errUnreachable)
		case 0x04: // if: not so, go on at else or behind it
			if sp--; s[sp].u32() == 0 {
				pc = int(i.x) - 1
			}
		case 0x0c:
			pc = int(i.x) - 1
		case 0x0d:
			if sp--; s[sp].u32() != 0 {
				pc = int(i.x) - 1
			}
		case 0x0f:
			if f.results > 0 {
				s[base] = s[sp-1]
			}
			return
		case 0x10:
			g := m.code.funcs[i.x]
			m.run(g, sp-g.params)
			sp += g.results - g.params
		case 0x11:
			sp--
			g := m.code.table[s[sp].u32()]
			if g == nil || uint64(g.params)<<8|uint64(g.results) != i.c {
				panic(errors.New("no function of that kind in the table"))
			}
			m.run(g, sp-g.params)
			sp += g.results - g.params
		case 0x1a:
			sp--
		case 0x1b:
			sp -= 2
			if s[sp+1].u32() == 0 {
				s[sp-1] = s[sp]
			}
		case 0x20:
			s[sp] = s[base+int(i.x)]
			sp++
		case 0x21:
			sp--
			s[base+int(i.x)] = s[sp]
		case 0x22:
			s[base+int(i.x)] = s[sp-1]
		case 0x41, 0x42, 0x43:
			s[sp] = value{lo: i.c}
			sp++
		case 0x28, 0x2a:
			s[sp-1] = of(binary.LittleEndian.Uint32(m.at(s[sp-1], i.x, 4)))
		case 0x2c:
			s[sp-1] = of(uint32(int8(m.at(s[sp-1], i.x, 1)[0])))
		case 0x2d:
			s[sp-1] = of(uint32(m.at(s[sp-1], i.x, 1)[0]))
		case 0x2e:
			s[sp-1] = of(uint32(int16(binary.LittleEndian.Uint16(m.at(s[sp-1], i.x, 2)))))
		case 0x2f:
			s[sp-1] = of(uint32(binary.LittleEndian.Uint16(m.at(s[sp-1], i.x, 2))))
		case 0x36, 0x38:
			sp -= 2
			binary.LittleEndian.PutUint32(m.at(s[sp], i.x, 4), s[sp+1].u32())
		case 0x3a:
			sp -= 2
			m.at(s[sp], i.x, 1)[0] = byte(s[sp+1].lo)
		case 0x3b:
			sp -= 2
			binary.LittleEndian.PutUint16(m.at(s[sp], i.x, 2), uint16(s[sp+1].lo))
		case bulk + 10:
			sp -= 3
			n := s[sp+2].u32()
			copy(m.at(s[sp], 0, int(n)), m.at(s[sp+1], 0, int(n)))
		case bulk + 11:
			sp -= 3
			region, b := m.at(s[sp], 0, int(s[sp+2].u32())), byte(s[sp+1].lo)
			for k := range region {
				region[k] = b
			}
		case vector + 0x00:
			b := m.at(s[sp-1], i.x, 16)
			s[sp-1] = value{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])}
		case vector + 0x0b:
			sp -= 2
			b := m.at(s[sp], i.x, 16)
			binary.LittleEndian.PutUint64(b, s[sp+1].lo)
			binary.LittleEndian.PutUint64(b[8:], s[sp+1].hi)
		case vector + 0x5a:
			sp -= 2
			binary.LittleEndian.PutUint32(m.at(s[sp], i.x, 4), s[sp+1].lanes4()[i.n])
		case vector + 0x5b:
			sp -= 2
			x := s[sp+1].lo
			if i.n == 1 {
				x = s[sp+1].hi
			}
			binary.LittleEndian.PutUint64(m.at(s[sp], i.x, 8), x)
		case vector + 0x0c:
			s[sp] = f.wide[i.x]
			sp++
		case vector + 0x0d:
			sp--
			s[sp-1] = shuffle(s[sp-1], s[sp], f.wide[i.x])
		case vector + 0x52:
			sp -= 2
			a, b, c := s[sp-1], s[sp], s[sp+1]
			s[sp-1] = value{a.lo&c.lo | b.lo&^c.lo, a.hi&c.hi | b.hi&^c.hi}
		case vector + 0x56:
			sp--
			l := s[sp].lanes4()
			l[i.n] = binary.LittleEndian.Uint32(m.at(s[sp-1], i.x, 4))
			s[sp-1] = of4(l)
		case vector + 0xe4: // the commonest sums have lines of their own
			sp--
			x, y := s[sp-1].lanes4(), s[sp].lanes4()
			for k := range x {
				x[k] = math.Float32bits(math.Float32frombits(x[k]) + math.Float32frombits(y[k]))
			}
			s[sp-1] = of4(x)
		case vector + 0xe6:
			sp--
			x, y := s[sp-1].lanes4(), s[sp].lanes4()
			for k := range x {
				x[k] = math.Float32bits(math.Float32frombits(x[k]) * math.Float32frombits(y[k]))
			}
			s[sp-1] = of4(x)
		case vector + 0xba:
			sp--
			s[sp-1] = dot(s[sp-1], s[sp])
		default:
			a := s[sp-1]
			if y, ok := m.unary(i, a); ok {
				s[sp-1] = y
				continue
			}
			sp--
			s[sp-1] = binaryOp(i, s[sp-1], a)
		}
	}
}

// at is n bytes of the memory. Beyond its end it panics, which is a trap.
func (m *Instance) at(address value, offset uint32, n int) []byte {
	from := int(address.u32()) + int(offset)
	return m.memory[from : from+n]
}
