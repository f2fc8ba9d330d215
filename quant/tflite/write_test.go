package tflite

import (
	"encoding/binary"
	"math"
	"slices"
)

// A sketch of a file, which tests write as a FlatBuffer. Tables are written before what they refer to, so that all
// offsets lead forward, as the format has them.
type sketch struct {
	tensors         []sketched
	inputs, outputs []int
	operators       []step
}

type sketched struct {
	name   string
	shape  []int
	typ    int
	data   []byte
	scales []float32
	zeros  []int64
	axis   int
	open   []int // the signature; nil for none
}

type step struct {
	code            int
	inputs, outputs []int
	options         []any // by slot: int, bool, byte, float32, []int, nil for what is not set
}

// tensor adds a tensor and gives its index.
func (s *sketch) tensor(t sketched) int {
	s.tensors = append(s.tensors, t)
	return len(s.tensors) - 1
}

// floats adds a constant of floats.
func (s *sketch) floats(shape []int, v ...float32) int {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return s.tensor(sketched{name: "c", shape: shape, data: b})
}

// ints adds a constant list of int32.
func (s *sketch) ints(shape []int, v ...int) int {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, uint32(int32(x)))
	}
	return s.tensor(sketched{name: "i", shape: shape, typ: int32Type, data: b})
}

// fields is a table to be: values by slot.
type fields []any

// writer appends; what a table refers to is written after it.
type writer struct{ b []byte }

func (w *writer) align(n int) {
	for len(w.b)%n != 0 {
		w.b = append(w.b, 0)
	}
}

// table writes a vtable and its table, then what the table refers to, and gives the table's place.
func (w *writer) table(f fields) int {
	w.align(8)
	vt := len(w.b)
	w.b = binary.LittleEndian.AppendUint16(w.b, uint16(4+2*len(f)))
	w.b = append(w.b, make([]byte, 2+2*len(f))...)
	w.align(8)
	at := len(w.b)
	w.b = binary.LittleEndian.AppendUint32(w.b, uint32(at-vt))
	type later struct {
		at int
		v  any
	}
	var rest []later
	for i, v := range f {
		if v == nil {
			continue
		}
		size := 4
		switch v.(type) {
		case uint64:
			size = 8
		case byte, bool:
			size = 1
		}
		w.align(size)
		binary.LittleEndian.PutUint16(w.b[vt+4+2*i:], uint16(len(w.b)-at))
		switch v := v.(type) {
		case int:
			w.b = binary.LittleEndian.AppendUint32(w.b, uint32(int32(v)))
		case float32:
			w.b = binary.LittleEndian.AppendUint32(w.b, math.Float32bits(v))
		case uint64:
			w.b = binary.LittleEndian.AppendUint64(w.b, v)
		case byte:
			w.b = append(w.b, v)
		case bool:
			w.b = append(w.b, 0)
			if v {
				w.b[len(w.b)-1] = 1
			}
		default:
			rest = append(rest, later{len(w.b), v})
			w.b = append(w.b, 0, 0, 0, 0)
		}
	}
	binary.LittleEndian.PutUint16(w.b[vt+2:], uint16(len(w.b)-at))
	for _, r := range rest {
		to := w.value(r.v)
		binary.LittleEndian.PutUint32(w.b[r.at:], uint32(to-r.at))
	}
	return at
}

// value writes a table, a vector or a string.
func (w *writer) value(v any) int {
	count := func(n, align int) int {
		w.align(4)
		for (len(w.b)+4)%align != 0 {
			w.b = append(w.b, 0)
		}
		at := len(w.b)
		w.b = binary.LittleEndian.AppendUint32(w.b, uint32(n))
		return at
	}
	var at int
	switch v := v.(type) {
	case fields:
		return w.table(v)
	case string:
		at = count(len(v), 4)
		w.b = append(append(w.b, v...), 0)
	case []byte:
		at = count(len(v), 16)
		w.b = append(w.b, v...)
	case []int:
		at = count(len(v), 4)
		for _, x := range v {
			w.b = binary.LittleEndian.AppendUint32(w.b, uint32(int32(x)))
		}
	case []float32:
		at = count(len(v), 4)
		for _, x := range v {
			w.b = binary.LittleEndian.AppendUint32(w.b, math.Float32bits(x))
		}
	case []int64:
		at = count(len(v), 8)
		for _, x := range v {
			w.b = binary.LittleEndian.AppendUint64(w.b, uint64(x))
		}
	case []fields:
		at = count(len(v), 4)
		w.b = append(w.b, make([]byte, 4*len(v))...)
		for i, f := range v {
			to := w.table(f)
			binary.LittleEndian.PutUint32(w.b[at+4+4*i:], uint32(to-at-4-4*i))
		}
	}
	return at
}

// file writes the sketch.
func (s *sketch) file() []byte {
	buffers := []fields{{}}
	var tensors, codes, operators []fields
	for _, t := range s.tensors {
		buffer := 0
		if t.data != nil {
			buffer = len(buffers)
			buffers = append(buffers, fields{t.data})
		}
		var q, signature any
		if t.scales != nil {
			zeros := t.zeros
			if zeros == nil {
				zeros = make([]int64, len(t.scales))
			}
			q = fields{nil, nil, t.scales, zeros, nil, nil, t.axis}
		}
		if t.open != nil {
			signature = t.open
		}
		tensors = append(tensors, fields{t.shape, byte(t.typ), buffer, t.name, q, nil, nil, signature})
	}
	var known []int
	for _, o := range s.operators {
		index := slices.Index(known, o.code)
		if index < 0 {
			index = len(known)
			known = append(known, o.code)
			codes = append(codes, fields{byte(min(o.code, 127)), nil, 1, o.code})
		}
		var options any
		var kind any
		if o.options != nil {
			options, kind = fields(o.options), byte(optionsOf[o.code])
		}
		operators = append(operators, fields{index, o.inputs, o.outputs, kind, options})
	}
	w := &writer{b: append(make([]byte, 4), "TFL3"...)}
	at := w.table(fields{3, codes, []fields{{tensors, s.inputs, s.outputs, operators, "main"}}, "sketch", buffers})
	binary.LittleEndian.PutUint32(w.b, uint32(at))
	w.align(16)
	return w.b
}

// optionsOf are the members of the union BuiltinOptions, by operator code, which LiteRT asks for.
var optionsOf = map[int]int{
	3: 1, 4: 2, 1: 5, 17: 5, 9: 8, 25: 9, 2: 10, 0: 11, 11: 12, 13: 13, 23: 15, 22: 17, 26: 19, 18: 21, 36: 23,
	40: 27, 74: 27, 82: 27, 89: 27, 81: 27, 41: 28, 42: 29, 43: 30, 45: 32, 49: 35, 53: 37, 56: 40, 67: 49, 77: 55,
	79: 57, 83: 59, 85: 61, 88: 64, 97: 74, 98: 75, 99: 76, 100: 77, 102: 79, 5: 94, 126: 101, 128: 104, 150: 122,
}
