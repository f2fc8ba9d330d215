package graph

import "fmt"

// Slice takes elements Starts[a], Starts[a]+Steps[a], … of every axis a, Sizes[a] of them. Each of the
// three has one entry per axis; a start is inside the axis and a step may be negative. ONNX operator
// Slice, opset 1 (attributes) and 10 on (inputs, which are dropped).
type Slice struct {
	Starts, Steps, Sizes []int
}

// Type is the ONNX operator name.
func (Slice) Type() string { return "Slice" }

// Infer checks that every element taken exists.
func (s Slice) Infer(in []Value) ([]Value, error) {
	if err := arity(in, 1, 1); err != nil {
		return nil, err
	}
	x := in[0]
	if n := len(x.Shape); len(s.Starts) != n || len(s.Steps) != n || len(s.Sizes) != n {
		return nil, fmt.Errorf("input %q %v does not have %d axes", x.Name, x.Shape, len(s.Starts))
	}
	for a, n := range s.Sizes {
		first := s.Starts[a]
		last := first + (n-1)*s.Steps[a]
		if n < 0 || n > 0 && (min(first, last) < 0 || max(first, last) >= x.Shape[a]) {
			return nil, fmt.Errorf("axis %d of input %q %v: elements %d to %d are outside", a, x.Name, x.Shape, first, last)
		}
	}
	return one(x.DType, s.Sizes...), nil
}
