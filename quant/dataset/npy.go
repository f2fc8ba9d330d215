package dataset

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/quantscope/quantscope/quant/graph"
)

// Array is a NumPy array in C order, its elements still little-endian bytes: rows are decoded one
// at a time.
type Array struct {
	DType string // NumPy's name without byte order: f2 f4 f8 u1 u2 u4 i1 i2 i4 i8 b1
	Shape []int

	data []byte
}

const npyMagic = "\x93NUMPY"

// itemSize gives the bytes of one element; 0 for a type that is not read.
func itemSize(dtype string) int {
	switch dtype {
	case "u1", "i1", "b1":
		return 1
	case "f2", "u2", "i2":
		return 2
	case "f4", "u4", "i4":
		return 4
	case "f8", "i8":
		return 8
	}
	return 0
}

// DecodeNpy reads an .npy file (format versions 1 to 3). The array keeps b, or
// where it is big-endian or in Fortran order a copy that is neither. Structured arrays are refused.
func DecodeNpy(b []byte) (Array, error) {
	if len(b) < 10 || string(b[:6]) != npyMagic {
		return Array{}, fmt.Errorf("this is %s, not an .npy array", kind(b))
	}
	var header []byte
	size, start := uint64(binary.LittleEndian.Uint16(b[8:])), uint64(10)
	if b[6] >= 2 {
		if len(b) < 12 {
			return Array{}, errors.New("the .npy header is cut off")
		}
		size, start = uint64(binary.LittleEndian.Uint32(b[8:])), 12
	}
	if b[6] < 1 || b[6] > 3 {
		return Array{}, fmt.Errorf("the .npy format version is %d; 1, 2 and 3 are known", b[6])
	}
	if start+size > uint64(len(b)) {
		return Array{}, fmt.Errorf("the .npy header declares %d bytes, the file has %d", start+size, len(b))
	}
	header, data := b[start:start+size], b[start+size:]
	a, order, err := parseNpyHeader(string(header))
	if err != nil {
		return Array{}, err
	}
	want := uint64(itemSize(a.DType))
	for _, d := range a.Shape {
		if d != 0 && want > math.MaxInt64/uint64(d) {
			return Array{}, fmt.Errorf("the .npy shape %v is too large", a.Shape)
		}
		want *= uint64(d)
	}
	if want != uint64(len(data)) {
		return Array{}, fmt.Errorf("the .npy shape %v of %s needs %d bytes of data, the file has %d", a.Shape, a.DType, want, len(data))
	}
	a.data = order.data(data, itemSize(a.DType), a.Shape)
	return a, nil
}

// npyOrder is how the data of a file lies.
type npyOrder struct {
	bigEndian bool
	fortran   bool // the first dimension is the innermost one
}

// data is b, elements of size bytes, little-endian in C order.
func (o npyOrder) data(b []byte, size int, shape []int) []byte {
	if len(b) == 0 || !o.fortran && (!o.bigEndian || size == 1) {
		return b
	}
	out := make([]byte, 0, len(b))
	index, at := make([]int, len(shape)), 0
	for i := range len(b) / size {
		if !o.fortran {
			at = i
		}
		e := b[at*size:][:size]
		out = append(out, e...)
		if o.bigEndian {
			slices.Reverse(out[i*size:])
		}
		for a := len(shape) - 1; a >= 0; a-- { // the next element of C order, in Fortran's
			step := 1
			for _, n := range shape[:a] {
				step *= n
			}
			at += step
			if index[a]++; index[a] < shape[a] {
				break
			}
			at -= step * shape[a]
			index[a] = 0
		}
	}
	return out
}

// parseNpyHeader reads the Python dictionary {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}.
func parseNpyHeader(h string) (a Array, o npyOrder, err error) {
	descr, err := npyField(h, "descr")
	if err != nil {
		return Array{}, o, err
	}
	order, err := npyField(h, "fortran_order")
	if err != nil {
		return Array{}, o, err
	}
	shape, err := npyField(h, "shape")
	if err != nil {
		return Array{}, o, err
	}
	if len(descr) < 4 || descr[0] != '\'' && descr[0] != '"' {
		return Array{}, o, fmt.Errorf("the .npy element type %.40q is structured; save each field by itself", descr)
	}
	rest := descr[1:]
	end := strings.IndexByte(rest, descr[0])
	if end < 0 {
		return Array{}, o, fmt.Errorf("the .npy element type %.40q is not closed", descr)
	}
	rest = rest[:end]
	if len(rest) > 0 && strings.IndexByte("<>|=", rest[0]) >= 0 {
		o.bigEndian = rest[0] == '>'
		a.DType = rest[1:]
	}
	if itemSize(a.DType) == 0 {
		return Array{}, o, fmt.Errorf("the .npy element type is %.40q; convert it with astype to float32, uint8 or int64", rest)
	}
	o.fortran = strings.HasPrefix(order, "True")
	if a.Shape, err = npyShape(shape); err != nil {
		return Array{}, o, err
	}
	return a, o, nil
}

// npyField gives the header from the value of a key on.
func npyField(h, key string) (string, error) {
	for _, quote := range []string{"'", `"`} {
		if _, rest, found := strings.Cut(h, quote+key+quote); found {
			rest = strings.TrimLeft(rest, " ")
			if value, ok := strings.CutPrefix(rest, ":"); ok {
				return strings.TrimLeft(value, " "), nil
			}
		}
	}
	return "", fmt.Errorf("the .npy header has no %s", key)
}

func npyShape(s string) ([]int, error) {
	s, open := strings.CutPrefix(s, "(")
	s, _, closed := strings.Cut(s, ")")
	if !open || !closed {
		return nil, errors.New("the .npy header's shape is not a tuple")
	}
	shape := []int{}
	for part := range strings.SplitSeq(s, ",") {
		part = strings.TrimSuffix(strings.TrimSpace(part), "L") // Python 2 wrote 3L
		if part == "" {
			continue
		}
		d, err := strconv.ParseInt(part, 10, 31)
		if err != nil || d < 0 {
			return nil, fmt.Errorf("the .npy shape has the dimension %.20q; dimensions up to 2^30 are read", part)
		}
		if len(shape) == 32 {
			return nil, errors.New("the .npy shape has more than 32 dimensions")
		}
		shape = append(shape, int(d))
	}
	return shape, nil
}

// row gives the bytes of element i of the first dimension.
func (a Array) row(i int) []byte {
	n := len(a.data) / a.Shape[0]
	return a.data[i*n : (i+1)*n]
}

// floats decodes bytes of the array's type, rounding f8 and the wider integers to float32.
func (a Array) floats(b []byte) []float32 {
	size := itemSize(a.DType)
	out := make([]float32, len(b)/size)
	for i := range out {
		e := b[i*size:]
		switch a.DType {
		case "f4":
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(e))
		case "f8":
			out[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(e)))
		case "f2":
			out[i] = half(binary.LittleEndian.Uint16(e))
		default:
			out[i] = float32(a.integer(e))
		}
	}
	return out
}

// half widens an IEEE half; exact.
func half(h uint16) float32 {
	sign, exp, frac := uint32(h>>15)<<31, uint32(h>>10&31), uint32(h&1023)
	switch exp {
	case 0:
		f := float32(frac) * (1.0 / (1 << 24))
		return math.Float32frombits(sign | math.Float32bits(f))
	case 31:
		return math.Float32frombits(sign | 255<<23 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
}

// integer decodes the element at the start of e; the type must be one of integers or b1.
func (a Array) integer(e []byte) int64 {
	switch a.DType {
	case "i1":
		return int64(int8(e[0]))
	case "u2":
		return int64(binary.LittleEndian.Uint16(e))
	case "i2":
		return int64(int16(binary.LittleEndian.Uint16(e)))
	case "u4":
		return int64(binary.LittleEndian.Uint32(e))
	case "i4":
		return int64(int32(binary.LittleEndian.Uint32(e)))
	case "i8":
		return int64(binary.LittleEndian.Uint64(e))
	}
	return int64(e[0]) // u1, b1
}

func (a Array) isFloat() bool { return a.DType[0] == 'f' }

// Tensor decodes the whole array. Halves and doubles become Float32, u4 becomes Int64.
func (a Array) Tensor() *graph.Tensor {
	t := &graph.Tensor{Shape: a.Shape}
	if a.isFloat() {
		t.DType, t.F = graph.Float32, a.floats(a.data)
		return t
	}
	size := itemSize(a.DType)
	t.I = make([]int64, len(a.data)/size)
	for i := range t.I {
		t.I[i] = a.integer(a.data[i*size:])
	}
	t.DType = graph.Int64
	for _, d := range npyTypes() {
		if d.name == a.DType {
			t.DType = d.dtype
		}
	}
	return t
}

type npyType struct {
	dtype graph.DType
	name  string
}

func npyTypes() []npyType {
	return []npyType{
		{graph.Float32, "f4"}, {graph.Int64, "i8"}, {graph.Int32, "i4"}, {graph.Int8, "i1"}, {graph.Uint8, "u1"},
		{graph.Int16, "i2"}, {graph.Uint16, "u2"}, {graph.Bool, "b1"},
	}
}

// EncodeNpy writes a tensor as an .npy file, format version 1.
func EncodeNpy(t *graph.Tensor) []byte {
	a := Array{Shape: t.Shape}
	for _, d := range npyTypes() {
		if d.dtype == t.DType {
			a.DType = d.name
		}
	}
	size := itemSize(a.DType)
	out := slices.Grow(a.header(), 4*len(t.F)+size*len(t.I)) // at once: tensors may take most of the memory
	for _, v := range t.F {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
	}
	for _, v := range t.I {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], uint64(v))
		out = append(out, b[:size]...)
	}
	return out
}

// encode writes header and data.
func (a Array) encode() []byte { return append(a.header(), a.data...) }

// header is what stands before the data, which begin at a multiple of 64, as NumPy has it.
func (a Array) header() []byte {
	order := "<"
	if itemSize(a.DType) == 1 {
		order = "|"
	}
	var dims strings.Builder
	for _, d := range a.Shape {
		dims.WriteString(strconv.Itoa(d))
		dims.WriteString(", ")
	}
	tuple := dims.String()
	if len(a.Shape) > 1 {
		tuple = strings.TrimSuffix(tuple, ", ")
	} else {
		tuple = strings.TrimSuffix(tuple, " ")
	}
	header := "{'descr': '" + order + a.DType + "', 'fortran_order': False, 'shape': (" + tuple + "), }"
	header += strings.Repeat(" ", 63-(10+len(header))%64) + "\n"
	out := append([]byte(npyMagic), 1, 0)
	out = binary.LittleEndian.AppendUint16(out, uint16(len(header)))
	return append(out, header...)
}
