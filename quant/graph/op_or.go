package graph

// Or tells where one or both of two truth values hold; they broadcast as numpy does. ONNX operator Or.
type Or struct{}

// Type is the ONNX operator name.
func (Or) Type() string { return "Or" }

// Infer gives the broadcast shape.
func (Or) Infer(in []Value) ([]Value, error) { return inferLogic(in) }

// Fold computes on constants.
func (Or) Fold(in []*Tensor) ([]*Tensor, error) {
	return foldTruth(in[0], in[1], nil, func(a, b int64) bool { return a|b != 0 })
}

// PerItem holds where the items broadcast along the first axis.
func (Or) PerItem(in []Value, carry []bool) bool { return spreadsAll(in, carry) }
