package graph

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/scheme"
)

// LearnedFakeQuantize is FakeQuantize with scales and zero points that are computed while running, as those of a network in
// training: inputs x, scale, and zero, which is whole; both broadcast to x. Output as x. No ONNX operator.
type LearnedFakeQuantize struct {
	QMin, QMax int32
	Rule       scheme.Rule
}

// LearnedFakeQuantizeGradient is what the gradients of a LearnedFakeQuantize are made of: inputs x, scale, zero, and the
// gradient dy of its output y. Outputs dx, as x, which is dy where the code of x is one that there is, and x within limits, and
// else 0: with the limits of the clamp that made x it is the gradient of what was clamped. Then two
// sums over the elements of each scale, as scale: of dy·(y - x) where there is the code and dy·y elsewhere, and of -dy
// elsewhere. No ONNX operator.
type LearnedFakeQuantizeGradient struct {
	Of     LearnedFakeQuantize
	Within Within
}

// Type is the operator's name.
func (LearnedFakeQuantize) Type() string { return "LearnedFakeQuantize" }

// Type is the operator's name.
func (LearnedFakeQuantizeGradient) Type() string { return "LearnedFakeQuantizeGradient" }

// Infer gives the shape of x.
func (q LearnedFakeQuantize) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 3, 3); err != nil {
		return nil, err
	}
	for _, v := range in[1:] {
		if shape, err := Broadcast(in[0].Shape, v.Shape); err != nil || !slices.Equal(shape, in[0].Shape) {
			return nil, fmt.Errorf("%q %v does not broadcast to input %q %v", v.Name, v.Shape, in[0].Name, in[0].Shape)
		}
	}
	return like(in[0]), nil
}

// Infer gives the shapes of x and, twice, scale.
func (q LearnedFakeQuantizeGradient) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 4, 4); err != nil {
		return nil, err
	}
	y, err := q.Of.Infer(in[:3])
	if err != nil {
		return nil, err
	}
	if !slices.Equal(in[3].Shape, y[0].Shape) {
		return nil, fmt.Errorf("gradient %q %v is not that of an output %v", in[3].Name, in[3].Shape, y[0].Shape)
	}
	sum := Value{DType: Float32, Shape: slices.Clone(in[1].Shape)}
	return []Value{y[0], sum, sum}, nil
}
