package graph

// Add is a + b, the inputs broadcast as numpy does. ONNX operator Add, opset 7 to 14.
type Add struct{}

// Type is the ONNX operator name.
func (Add) Type() string { return "Add" }

// Infer gives the broadcast shape.
func (Add) Infer(in []Value) ([]Value, error) { return inferBinary(in) }
