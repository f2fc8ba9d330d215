package graph

// Min is the lesser of a and b, which broadcast as numpy does; NaN where one of them is. ONNX operator Min, of
// two inputs.
type Min struct{}

// Type is the ONNX operator name.
func (Min) Type() string { return "Min" }

// Infer gives the broadcast shape.
func (Min) Infer(in []Value) ([]Value, error) { return inferBinary(in) }

// Fold computes in the type of the inputs.
func (Min) Fold(in []*Tensor) ([]*Tensor, error) {
	return foldBinary(in[0], in[1],
		func(a, b float32) float32 { return min(a, b) },
		func(a, b int64) int64 { return min(a, b) })
}

// PerItem holds where the items broadcast along the first axis.
func (Min) PerItem(in []Value, carry []bool) bool { return spreadsAll(in, carry) }
