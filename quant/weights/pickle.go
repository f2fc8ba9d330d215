package weights

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
)

// What a pickle makes, beside nil, bool, int64, float64 and string.
type (
	// global names something of a Python module, such as a function, which is never called.
	global string
	// sequence is a tuple or list, set.
	sequence struct{ items []any }
	// mapping is a dict in its order.
	mapping struct{ keys, values []any }
	// object is what calling a global would make; state is what it was then given.
	object struct {
		class any
		args  []any
		state any
	}
	// mark is where a list of items begins on the stack.
	mark struct{}
	// persistent is what lies outside the pickle: a storage.
	persistent struct{ id any }
)

// pickle reads the data of one pickle. It knows what torch.save, and pickle's protocols 2 to 5, write for data.
type pickle struct {
	b     []byte
	at    int
	stack []any
	memo  map[uint32]any
	ids   []any // of everything that lies outside
}

var errPickle = errors.New("the pickle is damaged or cut off: download it again, or save what model.state_dict() gives with torch.save")

// take gives the next n bytes.
func (p *pickle) take(n uint64) ([]byte, error) {
	if n > uint64(len(p.b)-p.at) {
		return nil, errPickle
	}
	p.at += int(n)
	return p.b[p.at-int(n) : p.at], nil
}

// number is an unsigned number of n bytes.
func (p *pickle) number(n uint64) (uint64, error) {
	b, err := p.take(n)
	var whole [8]byte
	copy(whole[:], b)
	return binary.LittleEndian.Uint64(whole[:]), err
}

// counted gives as many bytes as a number of n bytes says.
func (p *pickle) counted(n uint64) ([]byte, error) {
	length, err := p.number(n)
	if err != nil {
		return nil, err
	}
	return p.take(length)
}

func (p *pickle) line() (string, error) {
	n := strings.IndexByte(string(p.b[p.at:min(len(p.b), p.at+1000)]), '\n')
	if n < 0 {
		return "", errPickle
	}
	s := string(p.b[p.at : p.at+n])
	p.at += n + 1
	return s, nil
}

func (p *pickle) push(v any) { p.stack = append(p.stack, v) }

func (p *pickle) pop() (any, error) {
	if len(p.stack) == 0 {
		return nil, errPickle
	}
	v := p.stack[len(p.stack)-1]
	p.stack = p.stack[:len(p.stack)-1]
	return v, nil
}

// popped are the topmost n.
func (p *pickle) popped(n int) ([]any, error) {
	if n > len(p.stack) {
		return nil, errPickle
	}
	at := len(p.stack) - n
	items := append([]any(nil), p.stack[at:]...)
	p.stack = p.stack[:at]
	return items, nil
}

// marked are those above the last mark, which goes too.
func (p *pickle) marked() ([]any, error) {
	for i := len(p.stack) - 1; i >= 0; i-- {
		if _, ok := p.stack[i].(mark); ok {
			items, err := p.popped(len(p.stack) - i - 1)
			p.stack = p.stack[:i]
			return items, err
		}
	}
	return nil, errPickle
}

// top is the last on the stack, which stays.
func (p *pickle) top() any {
	if len(p.stack) == 0 {
		return nil
	}
	return p.stack[len(p.stack)-1]
}

// load reads up to the end of the pickle and gives what it made.
func (p *pickle) load() (any, error) {
	p.memo, p.stack = map[uint32]any{}, nil
	for len(p.stack) <= deepestStack {
		op, err := p.take(1)
		if err != nil {
			return nil, err
		}
		if op[0] == '.' {
			return p.pop()
		}
		at := p.at - 1
		if err := p.step(op[0]); err != nil {
			return nil, fmt.Errorf("byte %d: %w", at, err)
		}
	}
	return nil, errPickle
}

// deepestStack bounds what lies on the stack: torch.save sets items by the thousand.
const deepestStack = 1 << 18

// step does one instruction.
func (p *pickle) step(op byte) error {
	switch op {
	case 0x80: // PROTO
		_, err := p.take(1)
		return err
	case 0x95: // FRAME
		_, err := p.take(8)
		return err
	case '(':
		p.push(mark{})
	case 'N':
		p.push(nil)
	case 0x88, 0x89: // NEWTRUE, NEWFALSE
		p.push(op == 0x88)
	case ')', ']', 0x8f: // EMPTY_TUPLE, EMPTY_LIST, EMPTY_SET
		p.push(&sequence{})
	case '}':
		p.push(&mapping{})
	case '0': // POP
		_, err := p.pop()
		return err
	case '2': // DUP
		p.push(p.top())
	case 'J', 'K', 'M', 0x8a, 'G':
		return p.numeric(op)
	case 'X', 0x8c, 0x8d, 'U', 'T', 'B', 'C', 0x8e:
		return p.text(op)
	case 'q', 'r', 0x94, 'h', 'j':
		return p.remember(op)
	case 'c', 0x93: // GLOBAL, STACK_GLOBAL
		return p.global(op)
	default:
		return p.compose(op)
	}
	return nil
}

// numeric pushes a number.
func (p *pickle) numeric(op byte) error {
	switch op {
	case 'G': // BINFLOAT, big-endian
		b, err := p.take(8)
		if err == nil {
			p.push(math.Float64frombits(binary.BigEndian.Uint64(b)))
		}
		return err
	case 0x8a: // LONG1
		b, err := p.counted(1)
		if err != nil || len(b) > 8 {
			// Longer ones are in no state of a network; PyTorch's own magic number is one.
			p.push(nil)
			return err
		}
		v := int64(0)
		for i := len(b) - 1; i >= 0; i-- {
			v = v<<8 | int64(b[i])
		}
		if n := uint(8 * len(b)); n > 0 {
			v = v << (64 - n) >> (64 - n)
		}
		p.push(v)
		return nil
	}
	width := map[byte]uint64{'J': 4, 'K': 1, 'M': 2}[op]
	v, err := p.number(width)
	if op == 'J' {
		v = uint64(int64(int32(v)))
	}
	p.push(int64(v))
	return err
}

// text pushes a string; one of bytes is one too.
func (p *pickle) text(op byte) error {
	width := map[byte]uint64{'X': 4, 0x8c: 1, 0x8d: 8, 'U': 1, 'T': 4, 'B': 4, 'C': 1, 0x8e: 8}[op]
	b, err := p.counted(width)
	p.push(string(b))
	return err
}

// remember keeps the top under a number, or pushes what was kept.
func (p *pickle) remember(op byte) error {
	key := uint32(len(p.memo)) // MEMOIZE
	if op != 0x94 {
		width := uint64(1)
		if op == 'r' || op == 'j' {
			width = 4
		}
		n, err := p.number(width)
		if err != nil {
			return err
		}
		key = uint32(n)
	}
	if op == 'h' || op == 'j' {
		v, ok := p.memo[key]
		if !ok {
			return errPickle
		}
		p.push(v)
		return nil
	}
	if len(p.stack) == 0 {
		return errPickle
	}
	p.memo[key] = p.top()
	return nil
}

func (p *pickle) global(op byte) error {
	if op == 'c' {
		module, err := p.line()
		if err != nil {
			return err
		}
		name, err := p.line()
		p.push(global(module + "." + name))
		return err
	}
	names, err := p.popped(2)
	if err != nil {
		return err
	}
	module, _ := names[0].(string)
	name, _ := names[1].(string)
	p.push(global(module + "." + name))
	return nil
}

// compose makes of what is on the stack.
func (p *pickle) compose(op byte) error {
	switch op {
	case 't', 'e', 'u', 0x90: // TUPLE, APPENDS, SETITEMS, ADDITEMS
		items, err := p.marked()
		if err != nil {
			return err
		}
		switch op {
		case 't':
			p.push(&sequence{items})
			return nil
		case 'u':
			return p.set(items)
		}
		return p.extend(items)
	case 0x85, 0x86, 0x87: // TUPLE1 to TUPLE3
		items, err := p.popped(int(op) - 0x84)
		p.push(&sequence{items})
		return err
	case 'a': // APPEND
		items, err := p.popped(1)
		if err != nil {
			return err
		}
		return p.extend(items)
	case 's': // SETITEM
		items, err := p.popped(2)
		if err != nil {
			return err
		}
		return p.set(items)
	case 'Q': // BINPERSID
		id, err := p.pop()
		p.push(&persistent{id})
		p.ids = append(p.ids, id)
		return err
	case 'R', 0x81: // REDUCE, NEWOBJ
		call, err := p.popped(2)
		if err != nil {
			return err
		}
		o := &object{class: call[0]}
		if args, ok := call[1].(*sequence); ok {
			o.args = args.items
		}
		if o.class == global("collections.OrderedDict") {
			p.push(&mapping{})
			return nil
		}
		p.push(o)
	case 'b': // BUILD
		state, err := p.pop()
		if err != nil {
			return err
		}
		if o, ok := p.top().(*object); ok {
			o.state = state
		}
	default:
		return fmt.Errorf("the instruction %#02x is not of data: save what model.state_dict() gives with torch.save", op)
	}
	return nil
}

// extend appends to the list on the top.
func (p *pickle) extend(items []any) error {
	if l, ok := p.top().(*sequence); ok {
		l.items = append(l.items, items...)
	}
	return nil
}

// set puts keys and values into the dict on the top.
func (p *pickle) set(items []any) error {
	if len(items)%2 != 0 {
		return errPickle
	}
	m, ok := p.top().(*mapping)
	if !ok {
		return nil // a dict of another class, which holds no tensors that are wanted
	}
	for i := 0; i < len(items); i += 2 {
		m.keys, m.values = append(m.keys, items[i]), append(m.values, items[i+1])
	}
	return nil
}
