package graph

// Mul is a·b, the inputs broadcast as numpy does. ONNX operator Mul, opset 7 to 14.
type Mul struct{}

// Type is the ONNX operator name.
func (Mul) Type() string { return "Mul" }

// Infer gives the broadcast shape.
func (Mul) Infer(in []Value) ([]Value, error) { return inferBinary(in) }
