package graph

// Greater tells where a > b; the inputs, of one type, broadcast as numpy does. Of NaN it does not hold. ONNX
// operator Greater.
type Greater struct{}

// Type is the ONNX operator name.
func (Greater) Type() string { return "Greater" }

// Infer gives the broadcast shape, of Bool.
func (Greater) Infer(in []Value) ([]Value, error) { return inferTruth(in) }

// Fold compares constants.
func (Greater) Fold(in []*Tensor) ([]*Tensor, error) {
	return foldTruth(in[0], in[1],
		func(a, b float32) bool { return a > b },
		func(a, b int64) bool { return a > b })
}

// PerItem holds where the items broadcast along the first axis.
func (Greater) PerItem(in []Value, carry []bool) bool { return spreadsAll(in, carry) }
