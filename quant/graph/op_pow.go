package graph

// Pow is a^b, the inputs broadcast as numpy does. ONNX operator Pow, opset 7 to 15; an exponent of an
// integer type must be constant, and becomes float32.
type Pow struct{}

// Type is the ONNX operator name.
func (Pow) Type() string { return "Pow" }

// Infer gives the broadcast shape.
func (Pow) Infer(in []Value) ([]Value, error) { return inferBinary(in) }

// PerItem holds where the items broadcast along the first axis.
func (Pow) PerItem(in []Value, carry []bool) bool { return spreadsAll(in, carry) }
