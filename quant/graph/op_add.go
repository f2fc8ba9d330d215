package graph

// Add is a + b, the inputs broadcast as numpy does. ONNX operator Add, opset 6 to 14.
type Add struct{}

// Type is the ONNX operator name.
func (Add) Type() string { return "Add" }

// Infer gives the broadcast shape.
func (Add) Infer(in []Value) ([]Value, error) { return inferBinary(in) }

// Fold computes in float32, or in the integer type with wrap-around.
func (Add) Fold(in []*Tensor) ([]*Tensor, error) {
	return foldBinary(in[0], in[1],
		func(a, b float32) float32 { return a + b },
		func(a, b int64) int64 { return a + b })
}

// PerItem holds where the items broadcast along the first axis.
func (Add) PerItem(in []Value, carry []bool) bool { return spreadsAll(in, carry) }

// NonNegative holds where it does for all inputs: each element is a sum of elements.
func (Add) NonNegative(in []bool) bool { return all(in) }
