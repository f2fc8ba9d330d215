package graph

import "math"

// Floor rounds a constant down.
type Floor struct{}

// Type is the ONNX operator name.
func (Floor) Type() string { return "Floor" }

// Infer gives the shape of the input.
func (Floor) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Fold computes in float32.
func (Floor) Fold(in []*Tensor) ([]*Tensor, error) { return foldFloat(in[0], math.Floor) }
