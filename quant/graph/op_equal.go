package graph

// Equal tells where a = b; the inputs, of one type, broadcast as numpy does. Of NaN it does not hold. ONNX
// operator Equal.
type Equal struct{}

// Type is the ONNX operator name.
func (Equal) Type() string { return "Equal" }

// Infer gives the broadcast shape, of Bool.
func (Equal) Infer(in []Value) ([]Value, error) { return inferTruth(in) }

// Fold compares constants.
func (Equal) Fold(in []*Tensor) ([]*Tensor, error) {
	return foldTruth(in[0], in[1],
		func(a, b float32) bool { return a == b },
		func(a, b int64) bool { return a == b })
}

// PerItem holds where the items broadcast along the first axis.
func (Equal) PerItem(in []Value, carry []bool) bool { return spreadsAll(in, carry) }
