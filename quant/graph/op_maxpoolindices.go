package graph

import (
	"fmt"
	"slices"
)

// MaxPoolIndices is MaxPool with a second output, Int64: where in the whole input each maximum is, of equal ones the
// first. With Columns the first axis of space is the innermost one of the count. ONNX operator MaxPool.
type MaxPoolIndices struct {
	Pool    MaxPool // not embedded: what a MaxPool tells of itself does not hold for two outputs
	Columns bool
}

// MaxUnpool is zeros of a Shape [N,C,…] with the elements of its first input written where the second, of Int64, says:
// as MaxPoolIndices counts them. Kernel, Strides and Pads are those of the pool. ONNX operator MaxUnpool, whose
// output_shape must be constant and is dropped.
type MaxUnpool struct {
	Kernel, Strides, Pads []int
	Shape                 []int
}

// Type is the name of the Op; ONNX has MaxPool with two outputs.
func (MaxPoolIndices) Type() string { return "MaxPoolIndices" }

// Type is the ONNX operator name.
func (MaxUnpool) Type() string { return "MaxUnpool" }

// Infer counts the windows, twice.
func (p MaxPoolIndices) Infer(in []Value) ([]Value, error) {
	out, err := p.Pool.Infer(in)
	if err != nil {
		return nil, err
	}
	return append(out, Value{DType: Int64, Shape: out[0].Shape}), nil
}

// Infer gives the shape.
func (u MaxUnpool) Infer(in []Value) ([]Value, error) {
	if err := Arity(in, 2, 2); err != nil {
		return nil, err
	}
	if in[0].DType != Float32 || in[1].DType != Int64 || !slices.Equal(in[0].Shape, in[1].Shape) {
		return nil, fmt.Errorf("inputs %q %v %v and %q %v %v are not floats and as many int64 indices", in[0].Name, in[0].DType, in[0].Shape, in[1].Name, in[1].DType, in[1].Shape)
	}
	if len(u.Shape) != len(in[0].Shape) || slices.ContainsFunc(u.Shape, func(n int) bool { return n < 0 }) {
		return nil, Misfit("input %q %v does not unpool to %v", in[0].Name, in[0].Shape, brief(u.Shape))
	}
	return one(Float32, u.Shape...), nil
}

// PerItem fails: indices count from the first item.
func (MaxPoolIndices) PerItem([]Value, []bool) bool { return false }

// Compute looks at each window.
func (p MaxPoolIndices) Compute(in []*Tensor) ([]*Tensor, error) {
	v, err := p.Infer([]Value{in[0].value("x")})
	if err != nil {
		return nil, err
	}
	x, out := in[0].Shape, v[0].Shape
	space := len(p.Pool.Kernel)
	values, indices := &Tensor{Shape: out, F: make([]float32, Len(out))}, &Tensor{DType: Int64, Shape: out, I: make([]int64, Len(out))}
	plane, own := Len(x[2:]), strides(x[2:])
	order := slices.Clone(own) // how an index counts
	if p.Columns {
		n := 1
		for a := range space {
			order[a] = n
			n *= x[2+a]
		}
	}
	at := 0
	for image := range x[0] * x[1] {
		data := in[0].F[image*plane:][:plane]
		walk(out[2:], make([]int, space), func(i, _ int) {
			start := position(i, out[2:])
			best, place := float32(0), -1
			walk(p.Pool.Kernel, make([]int, space), func(k, _ int) {
				from, index := 0, 0
				for a, offset := range position(k, p.Pool.Kernel) {
					c := start[a]*p.Pool.Strides[a] + offset*p.Pool.Dilations[a] - p.Pool.Pads[a]
					if c < 0 || c >= x[2+a] {
						return
					}
					from, index = from+c*own[a], index+c*order[a]
				}
				if place < 0 || data[from] > best {
					best, place = data[from], index
				}
			})
			values.F[at], indices.I[at] = best, int64(image*plane+place)
			at++
		})
	}
	return []*Tensor{values, indices}, nil
}

// position is the index of element i of a tensor of this shape.
func position(i int, shape []int) []int {
	p := make([]int, len(shape))
	for a := len(shape) - 1; a >= 0; a-- {
		p[a], i = i%shape[a], i/shape[a]
	}
	return p
}

// Fold writes the elements, the last one where several go to one place.
func (u MaxUnpool) Fold(in []*Tensor) ([]*Tensor, error) {
	out := &Tensor{Shape: u.Shape, F: make([]float32, Len(u.Shape))}
	for i, at := range in[1].I {
		if at < 0 || at >= int64(len(out.F)) {
			return nil, fmt.Errorf("index %d is outside of an output %v", at, u.Shape)
		}
		out.F[at] = in[0].F[i]
	}
	return []*Tensor{out}, nil
}
