package graph

import "math"

// Ceil rounds a constant up.
type Ceil struct{}

// Type is the ONNX operator name.
func (Ceil) Type() string { return "Ceil" }

// Infer gives the shape of the input.
func (Ceil) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Fold computes in float32.
func (Ceil) Fold(in []*Tensor) ([]*Tensor, error) { return foldFloat(in[0], math.Ceil) }
