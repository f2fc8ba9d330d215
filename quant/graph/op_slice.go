package graph

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
	if err := Arity(in, 1, 1); err != nil {
		return nil, err
	}
	x := in[0]
	if n := len(x.Shape); len(s.Starts) != n || len(s.Steps) != n || len(s.Sizes) != n {
		return nil, Misfit("input %q %v does not have %d axes", x.Name, x.Shape, len(s.Starts))
	}
	for a, n := range s.Sizes {
		first := s.Starts[a]
		last := first + (n-1)*s.Steps[a]
		if n < 0 || n > 0 && (min(first, last) < 0 || max(first, last) >= x.Shape[a]) {
			return nil, Misfit("axis %d of input %q %v: elements %d to %d are outside", a, x.Name, x.Shape, first, last)
		}
	}
	return one(x.DType, s.Sizes...), nil
}

// Fold copies the elements taken.
func (p Slice) Fold(in []*Tensor) ([]*Tensor, error) {
	steps := strides(in[0].Shape)
	offset := 0
	for a := range steps {
		offset += p.Starts[a] * steps[a]
		steps[a] *= p.Steps[a]
	}
	return []*Tensor{view(in[0], p.Sizes, steps, offset)}, nil
}

// PerItem holds where the first axis is taken whole.
func (p Slice) PerItem(in []Value, carry []bool) bool {
	return alone(carry) && p.Starts[0] == 0 && p.Steps[0] == 1 && p.Sizes[0] == in[0].Shape[0]
}

// Moves is true.
func (Slice) Moves() bool { return true }
