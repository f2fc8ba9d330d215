package graph

// Sub is a - b, the inputs broadcast as numpy does. ONNX operator Sub, opset 7 to 14.
type Sub struct{}

// Type is the ONNX operator name.
func (Sub) Type() string { return "Sub" }

// Infer gives the broadcast shape.
func (Sub) Infer(in []Value) ([]Value, error) { return inferBinary(in) }
