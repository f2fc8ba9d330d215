package graph

// Reshape gives the same elements in C order another Shape, which is resolved: no 0 that copies, no
// -1. Flatten, Squeeze and Unsqueeze become Reshape. ONNX operator Reshape, whose input shape is dropped.
type Reshape struct {
	Shape []int
}

// Type is the ONNX operator name.
func (Reshape) Type() string { return "Reshape" }

// Infer checks that the number of elements stays.
func (r Reshape) Infer(in []Value) ([]Value, error) {
	if err := Arity(in, 1, 1); err != nil {
		return nil, err
	}
	a, _ := Elements(in[0].Shape)
	b, ok := Elements(r.Shape)
	if !ok || a != b {
		return nil, Misfit("input %q %v cannot be reshaped to %v: the file may fix a batch size, "+
			"or the input shape is not the one it was made for", in[0].Name, in[0].Shape, r.Shape)
	}
	return one(in[0].DType, r.Shape...), nil
}

// Fold shares the elements.
func (r Reshape) Fold(in []*Tensor) ([]*Tensor, error) {
	return []*Tensor{{DType: in[0].DType, Shape: r.Shape, F: in[0].F, I: in[0].I}}, nil
}

// PerItem holds where the first axis stays as it is.
func (r Reshape) PerItem(in []Value, carry []bool) bool {
	return alone(carry) && len(r.Shape) > 0 && r.Shape[0] == in[0].Shape[0]
}

// Moves is true.
func (Reshape) Moves() bool { return true }

// NonNegative holds where it does for all inputs: each element is the input.
func (Reshape) NonNegative(in []bool) bool { return all(in) }
