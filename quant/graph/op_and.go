package graph

// And tells where both of two truth values hold; they broadcast as numpy does. ONNX operator And.
type And struct{}

// Type is the ONNX operator name.
func (And) Type() string { return "And" }

// Infer gives the broadcast shape.
func (And) Infer(in []Value) ([]Value, error) { return inferLogic(in) }

// Fold computes on constants.
func (And) Fold(in []*Tensor) ([]*Tensor, error) {
	return foldTruth(in[0], in[1], nil, func(a, b int64) bool { return a&b != 0 })
}

// PerItem holds where the items broadcast along the first axis.
func (And) PerItem(in []Value, carry []bool) bool { return spreadsAll(in, carry) }
