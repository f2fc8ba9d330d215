package graph

// Sub is a - b, the inputs broadcast as numpy does. ONNX operator Sub, opset 6 to 14.
type Sub struct{}

// Type is the ONNX operator name.
func (Sub) Type() string { return "Sub" }

// Infer gives the broadcast shape.
func (Sub) Infer(in []Value) ([]Value, error) { return inferBinary(in) }

// Fold computes in float32, or in the integer type with wrap-around.
func (Sub) Fold(in []*Tensor) ([]*Tensor, error) {
	return foldBinary(in[0], in[1],
		func(a, b float32) float32 { return a - b },
		func(a, b int64) int64 { return a - b })
}

// PerItem holds where the items broadcast along the first axis.
func (Sub) PerItem(in []Value, carry []bool) bool { return spreadsAll(in, carry) }
