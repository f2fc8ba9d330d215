package graph

// Div is a/b, the inputs broadcast as numpy does. ONNX operator Div, opset 7 to 14.
type Div struct{}

// Type is the ONNX operator name.
func (Div) Type() string { return "Div" }

// Infer gives the broadcast shape.
func (Div) Infer(in []Value) ([]Value, error) { return inferBinary(in) }
