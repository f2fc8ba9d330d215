package graph

// Softmax is exp(x - max)/sum over Axis, which is not negative. What opset 12 and before mean by axis
// (all axes from there on as one) package onnx writes as Reshape, Softmax, Reshape. ONNX operator Softmax.
type Softmax struct {
	Axis int
}

// Type is the ONNX operator name.
func (Softmax) Type() string { return "Softmax" }

// Infer gives the shape of the input.
func (s Softmax) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	if _, err := AxisOf(int64(s.Axis), len(in[0].Shape)); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// PerItem holds along the other axes.
func (s Softmax) PerItem(_ []Value, carry []bool) bool { return s.Axis != 0 && alone(carry) }
