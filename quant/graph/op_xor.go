package graph

// Xor tells where just one of two truth values hold; they broadcast as numpy does. ONNX operator Xor.
type Xor struct{}

// Type is the ONNX operator name.
func (Xor) Type() string { return "Xor" }

// Infer gives the broadcast shape.
func (Xor) Infer(in []Value) ([]Value, error) { return inferLogic(in) }

// Fold computes on constants.
func (Xor) Fold(in []*Tensor) ([]*Tensor, error) {
	return foldTruth(in[0], in[1], nil, func(a, b int64) bool { return a^b != 0 })
}

// PerItem holds where the items broadcast along the first axis.
func (Xor) PerItem(in []Value, carry []bool) bool { return spreadsAll(in, carry) }
