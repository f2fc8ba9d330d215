package graph

import (
	"math"
	"slices"
)

// strides are the distances in elements between neighbours along each axis, C order.
func strides(shape []int) []int {
	s := make([]int, len(shape))
	n := 1
	for a := len(shape) - 1; a >= 0; a-- {
		s[a] = n
		n *= shape[a]
	}
	return s
}

// spread are the strides that repeat a tensor of shape from to shape to, which it broadcasts to.
func spread(from, to []int) []int {
	s, own := make([]int, len(to)), strides(from)
	for a := range from {
		if from[a] != 1 {
			s[a+len(to)-len(from)] = own[a]
		}
	}
	return s
}

// view copies from t, in C order of shape, the elements at offset plus index times steps.
func view(t *Tensor, shape, steps []int, offset int) *Tensor {
	n := Len(shape)
	out := &Tensor{DType: t.DType, Shape: shape}
	if t.DType == Float32 {
		out.F = make([]float32, n)
	} else {
		out.I = make([]int64, n)
	}
	walk(shape, steps, func(i, at int) {
		if t.DType == Float32 {
			out.F[i] = t.F[offset+at]
		} else {
			out.I[i] = t.I[offset+at]
		}
	})
	return out
}

// walk visits the elements of a tensor of this shape in C order: i counts them, and at is the index times steps.
func walk(shape, steps []int, visit func(i, at int)) {
	index, at := make([]int, len(shape)), 0
	for i := range Len(shape) {
		visit(i, at)
		for a := len(shape) - 1; a >= 0; a-- {
			at += steps[a]
			if index[a]++; index[a] < shape[a] {
				break
			}
			at -= steps[a] * shape[a]
			index[a] = 0
		}
	}
}

// value describes t for Infer.
func (t *Tensor) value(name string) Value {
	return Value{Name: name, DType: t.DType, Shape: t.Shape, Const: t}
}

// foldBinary computes an arithmetic operator on two constants, which broadcast. Integers wrap.
func foldBinary(a, b *Tensor, float func(a, b float32) float32, integer func(a, b int64) int64) ([]*Tensor, error) {
	shape, err := Broadcast(a.Shape, b.Shape)
	if err != nil {
		return nil, err
	}
	x := view(a, shape, spread(a.Shape, shape), 0)
	y := view(b, shape, spread(b.Shape, shape), 0)
	for i := range x.F {
		x.F[i] = float(x.F[i], y.F[i])
	}
	for i := range x.I {
		x.I[i] = x.DType.wrap(integer(x.I[i], y.I[i]))
	}
	return []*Tensor{x}, nil
}

// folder is how op computes on constants, nil where it does not: as it says itself or, where it is a function of
// single floats, by its scalar twin.
func folder(op Op, in []Value) Folder {
	if f, ok := op.(Folder); ok {
		return f
	}
	if e, ok := op.(Elementwise); ok && in[0].DType == Float32 {
		return twinFolder{e}
	}
	return nil
}

type twinFolder struct{ Elementwise }

// Fold runs the scalar twin.
func (t twinFolder) Fold(in []*Tensor) ([]*Tensor, error) { return foldNumbers(t, in[0], nil), nil }

// foldNumbers computes a function of single numbers: its twin on floats, and on integers another.
func foldNumbers(op Elementwise, t *Tensor, integer func(int64) int64) []*Tensor {
	out := &Tensor{DType: t.DType, Shape: t.Shape, F: slices.Clone(t.F), I: slices.Clone(t.I)}
	op.Twin()(out.F)
	for i, v := range out.I {
		out.I[i] = t.DType.wrap(integer(v))
	}
	return []*Tensor{out}
}

// foldFloat computes a function that is exactly rounded in float64 and so, rounded again, in float32.
func foldFloat(t *Tensor, f func(float64) float64) ([]*Tensor, error) {
	out := &Tensor{DType: Float32, Shape: t.Shape, F: make([]float32, len(t.F))}
	for i, v := range t.F {
		out.F[i] = float32(f(float64(v)))
	}
	return []*Tensor{out}, nil
}

// wrap cuts v to the width of integer type t.
func (t DType) wrap(v int64) int64 {
	switch t {
	case Int32:
		return int64(int32(v))
	case Int16:
		return int64(int16(v))
	case Uint16:
		return int64(uint16(v))
	case Int8:
		return int64(int8(v))
	case Uint8:
		return int64(uint8(v))
	case Bool:
		return v & 1
	}
	return v
}

// min is the least value of integer type t.
func (t DType) min() int64 {
	switch t {
	case Int64:
		return math.MinInt64
	case Int32:
		return math.MinInt32
	case Int16:
		return math.MinInt16
	case Int8:
		return math.MinInt8
	}
	return 0
}

// max is the greatest value of integer type t.
func (t DType) max() int64 {
	switch t {
	case Int64:
		return math.MaxInt64
	case Int32:
		return math.MaxInt32
	case Int16:
		return math.MaxInt16
	case Uint16:
		return math.MaxUint16
	case Int8:
		return math.MaxInt8
	case Uint8:
		return math.MaxUint8
	}
	return 1
}
