package graph

// Expand repeats its input along the axes where it has 1, or none, to Shape, which it broadcasts to. ONNX
// operator Expand, whose input shape is dropped.
type Expand struct{ Shape []int }

// Type is the ONNX operator name.
func (Expand) Type() string { return "Expand" }

// Infer gives the shape.
func (e Expand) Infer(in []Value) ([]Value, error) {
	if err := Arity(in, 1, 1); err != nil {
		return nil, err
	}
	return one(in[0].DType, e.Shape...), nil
}

// Fold repeats the elements.
func (e Expand) Fold(in []*Tensor) ([]*Tensor, error) {
	return []*Tensor{view(in[0], e.Shape, spread(in[0].Shape, e.Shape), 0)}, nil
}

// PerItem holds where the first axis stays as it is.
func (e Expand) PerItem(in []Value, carry []bool) bool {
	return alone(carry) && len(e.Shape) == len(in[0].Shape) && e.Shape[0] == in[0].Shape[0]
}

// Moves is true.
func (Expand) Moves() bool { return true }
