package graph

// LessOrEqual tells where a ≤ b; the inputs, of one type, broadcast as numpy does. Of NaN it does not hold. ONNX
// operator LessOrEqual.
type LessOrEqual struct{}

// Type is the ONNX operator name.
func (LessOrEqual) Type() string { return "LessOrEqual" }

// Infer gives the broadcast shape, of Bool.
func (LessOrEqual) Infer(in []Value) ([]Value, error) { return inferTruth(in) }

// Fold compares constants.
func (LessOrEqual) Fold(in []*Tensor) ([]*Tensor, error) {
	return foldTruth(in[0], in[1],
		func(a, b float32) bool { return a <= b },
		func(a, b int64) bool { return a <= b })
}

// PerItem holds where the items broadcast along the first axis.
func (LessOrEqual) PerItem(in []Value, carry []bool) bool { return spreadsAll(in, carry) }
