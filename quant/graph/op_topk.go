package graph

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/ref"
)

// TopK finds the K greatest numbers along Axis, or with Least the smallest, in order, and their places, of Int64;
// of equal ones the first. ONNX operator TopK, whose K must be constant and is dropped.
type TopK struct {
	Axis, K int
	Least   bool
}

// Arg is the place of the greatest number along Axis or, with Least, of the smallest: of equal ones the first or,
// with Last, the last. The axis stays as 1 with KeepDims. ONNX operators ArgMax and ArgMin.
type Arg struct {
	Axis                  int
	KeepDims, Least, Last bool
}

// Type is the ONNX operator name.
func (TopK) Type() string { return "TopK" }

// Type is the ONNX operator name.
func (a Arg) Type() string {
	if a.Least {
		return "ArgMin"
	}
	return "ArgMax"
}

// Infer gives the shape with K in place of the axis, twice.
func (t TopK) Infer(in []Value) ([]Value, error) {
	if err := numbers(in, 1, 1); err != nil {
		return nil, err
	}
	x := in[0].Shape
	if t.Axis < 0 || t.Axis >= len(x) || t.K < 0 || t.K > x[t.Axis] {
		return nil, Misfit("the %d greatest along axis %d do not fit input %q %v", t.K, t.Axis, in[0].Name, x)
	}
	shape := slices.Clone(x)
	shape[t.Axis] = t.K
	return []Value{{DType: in[0].DType, Shape: shape}, {DType: Int64, Shape: shape}}, nil
}

// Infer drops the axis or makes it 1.
func (a Arg) Infer(in []Value) ([]Value, error) {
	if err := numbers(in, 1, 1); err != nil {
		return nil, err
	}
	x := in[0].Shape
	if a.Axis < 0 || a.Axis >= len(x) || x[a.Axis] == 0 {
		return nil, Misfit("input %q %v has nothing along axis %d", in[0].Name, x, a.Axis)
	}
	shape := slices.Clone(x)
	if shape[a.Axis] = 1; !a.KeepDims {
		shape = slices.Delete(shape, a.Axis, a.Axis+1)
	}
	return one(Int64, shape...), nil
}

// PerItem holds along the other axes.
func (t TopK) PerItem(_ []Value, carry []bool) bool { return t.Axis != 0 && alone(carry) }

// PerItem holds along the other axes.
func (a Arg) PerItem(_ []Value, carry []bool) bool { return a.Axis != 0 && alone(carry) }

// Fold finds them as the kernel does.
func (t TopK) Fold(in []*Tensor) ([]*Tensor, error) {
	v, err := t.Infer([]Value{in[0].value("x")})
	if err != nil {
		return nil, err
	}
	values, places := top(in[0], t.Axis, t.K, t.Least, false)
	return []*Tensor{typed(in[0].DType, v[0].Shape, values), typed(Int64, v[1].Shape, places)}, nil
}

// Fold finds it as the kernel does.
func (a Arg) Fold(in []*Tensor) ([]*Tensor, error) {
	v, err := a.Infer([]Value{in[0].value("x")})
	if err != nil {
		return nil, err
	}
	_, places := top(in[0], a.Axis, 1, a.Least, a.Last)
	return []*Tensor{typed(Int64, v[0].Shape, places)}, nil
}

func top(x *Tensor, axis, k int, least, last bool) (values, places []float32) {
	n, inner := x.Shape[axis], Len(x.Shape[axis+1:])
	rows := Len(x.Shape[:axis]) * inner
	values, places = make([]float32, rows*k), make([]float32, rows*k)
	ref.Top(values, places, x.numbers(), rows, n, inner, k, least, last)
	return values, places
}

// typed is a tensor of a type of numbers that may be integers.
func typed(t DType, shape []int, x []float32) *Tensor {
	if t == Float32 {
		return &Tensor{Shape: shape, F: x}
	}
	out := &Tensor{DType: t, Shape: shape, I: make([]int64, len(x))}
	for i, v := range x {
		out.I[i] = int64(v)
	}
	return out
}
