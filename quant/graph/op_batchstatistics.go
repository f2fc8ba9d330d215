package graph

import (
	"fmt"
	"slices"
)

// BatchStatistics gives mean and variance, which is biased, of x [N,C,…] over all axes but 1, each [C]: those by which a
// BatchNormalization in training runs. No ONNX operator.
type BatchStatistics struct{}

// BatchNormalizationGradient is the gradient of a BatchNormalization by BatchStatistics of its input: inputs are the gradient of
// its output, x, scale, and the statistics; outputs the gradients of x, scale and bias. No ONNX operator.
type BatchNormalizationGradient struct{ Of BatchNormalization }

// Type is the operator's name.
func (BatchStatistics) Type() string { return "BatchStatistics" }

// Type is the operator's name.
func (BatchNormalizationGradient) Type() string { return "BatchNormalizationGradient" }

// Infer gives [C] twice.
func (BatchStatistics) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	if len(in[0].Shape) < 2 {
		return nil, fmt.Errorf("input %q has shape %v: no channel axis", in[0].Name, in[0].Shape)
	}
	v := Value{DType: Float32, Shape: []int{in[0].Shape[1]}}
	return []Value{v, v}, nil
}

// Infer gives the shapes of x and, twice, scale.
func (g BatchNormalizationGradient) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 5, 5); err != nil {
		return nil, err
	}
	dx, err := g.Of.Infer([]Value{in[1], in[2], in[2], in[3], in[4]})
	if err != nil {
		return nil, err
	}
	if !slices.Equal(in[0].Shape, in[1].Shape) {
		return nil, Misfit("gradient %q %v is not that of an output %v", in[0].Name, in[0].Shape, in[1].Shape)
	}
	return append(dx, like(in[2])[0], like(in[2])[0]), nil
}
