package graph

import (
	"slices"
)

// LayerNormalization is (x - mean)/sqrt(variance + Epsilon)·scale + bias, mean and variance being over
// Axis, which is not negative, and those after it. Inputs x, scale and optional bias, which broadcast to x
// in one direction; outputs y, and optionally mean and 1/sqrt(variance + Epsilon), both with those axes 1.
// ONNX operator LayerNormalization, from opset 17 on.
type LayerNormalization struct {
	Axis    int
	Epsilon float32
}

// Type is the ONNX operator name.
func (LayerNormalization) Type() string { return "LayerNormalization" }

// Infer gives the shape of x and twice that of the mean.
func (l LayerNormalization) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 2, 3); err != nil {
		return nil, err
	}
	x := in[0]
	if l.Axis < 0 || l.Axis >= len(x.Shape) {
		return nil, Misfit("axis %d is outside input %q %v", l.Axis, x.Name, x.Shape)
	}
	for i, v := range in[1:] {
		if !Present(in, 1+i) {
			continue
		}
		if s, err := Broadcast(x.Shape, v.Shape); err != nil || !slices.Equal(s, x.Shape) {
			return nil, Misfit("input %q %v does not broadcast to input %q %v", v.Name, v.Shape, x.Name, x.Shape)
		}
	}
	mean := slices.Clone(x.Shape)
	for a := l.Axis; a < len(mean); a++ {
		mean[a] = 1
	}
	return []Value{{DType: Float32, Shape: x.Shape}, {DType: Float32, Shape: mean}, {DType: Float32, Shape: mean}}, nil
}

// PerItem holds where it normalizes over later axes, scale and bias being the same for each item.
func (l LayerNormalization) PerItem(in []Value, carry []bool) bool {
	return l.Axis != 0 && alone(carry) && spreads(in, carry, len(in[0].Shape))
}
