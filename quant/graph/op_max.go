package graph

// Max is the greater of a and b, which broadcast as numpy does; NaN where one of them is. ONNX operator Max, of
// two inputs.
type Max struct{}

// Type is the ONNX operator name.
func (Max) Type() string { return "Max" }

// Infer gives the broadcast shape.
func (Max) Infer(in []Value) ([]Value, error) { return inferBinary(in) }

// Fold computes in the type of the inputs.
func (Max) Fold(in []*Tensor) ([]*Tensor, error) {
	return foldBinary(in[0], in[1],
		func(a, b float32) float32 { return max(a, b) },
		func(a, b int64) int64 { return max(a, b) })
}

// PerItem holds where the items broadcast along the first axis.
func (Max) PerItem(in []Value, carry []bool) bool { return spreadsAll(in, carry) }
