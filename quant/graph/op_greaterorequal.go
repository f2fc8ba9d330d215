package graph

// GreaterOrEqual tells where a ≥ b; the inputs, of one type, broadcast as numpy does. Of NaN it does not hold. ONNX
// operator GreaterOrEqual.
type GreaterOrEqual struct{}

// Type is the ONNX operator name.
func (GreaterOrEqual) Type() string { return "GreaterOrEqual" }

// Infer gives the broadcast shape, of Bool.
func (GreaterOrEqual) Infer(in []Value) ([]Value, error) { return inferTruth(in) }

// Fold compares constants.
func (GreaterOrEqual) Fold(in []*Tensor) ([]*Tensor, error) {
	return foldTruth(in[0], in[1],
		func(a, b float32) bool { return a >= b },
		func(a, b int64) bool { return a >= b })
}

// PerItem holds where the items broadcast along the first axis.
func (GreaterOrEqual) PerItem(in []Value, carry []bool) bool { return spreadsAll(in, carry) }
