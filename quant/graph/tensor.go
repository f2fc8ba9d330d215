package graph

import (
	"math"

	"github.com/quantscope/quantscope/quant/scheme"
)

// DType is an element type.
type DType uint8

// Element types. Float16, bfloat16 and double become Float32 on the way in, with a note.
const (
	Float32 DType = iota
	Int64
	Int32
	Int8
	Uint8
	Int16
	Uint16
	Bool
)

// Tensor is a constant, C order. Float32 data is in F; every other type is widened into I.
type Tensor struct {
	DType DType
	Shape []int
	F     []float32
	I     []int64

	// Params are set where the floats were integers in the file, dequantized on the way in. Codes are these
	// integers where they have 8 bits, unsigned ones less 128.
	Params *scheme.QParams
	Codes  []int8
}

// Widen gives an 8-bit constant its elements, of which a file gives only Codes at first: weights take an
// eighth of the memory, and mostly nothing but DequantizeLinear wants them.
func (t *Tensor) Widen() {
	if t.DType == Float32 || t.Codes == nil {
		return
	}
	t.I = make([]int64, len(t.Codes))
	shift := t.DType.codeShift()
	for i, q := range t.Codes {
		t.I[i] = int64(q) + shift
	}
	t.Codes = nil
}

// codeShift is what Codes are less than the integers of type t.
func (t DType) codeShift() int64 {
	if t == Uint8 {
		return 128
	}
	return 0
}

// Len is the number of elements a shape describes; 1 for a scalar (empty shape).
func Len(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// Finite tells whether none of these has a NaN or an infinity: one makes a NaN of the sum of differences.
func Finite(tensors ...[]float32) bool {
	sum := float32(0)
	for _, x := range tensors {
		for _, v := range x {
			sum += v - v
		}
	}
	return sum == 0
}

// Range is the least and greatest value of an integer type of up to 32 bits.
func (t DType) Range() (lo, hi int32) {
	switch t {
	case Int8:
		return math.MinInt8, math.MaxInt8
	case Uint8:
		return 0, math.MaxUint8
	case Int16:
		return math.MinInt16, math.MaxInt16
	case Uint16:
		return 0, math.MaxUint16
	}
	return math.MinInt32, math.MaxInt32
}
