package graph

import "math"

// sqrt is the square root of a constant.
type sqrt struct{}

// Type is the ONNX operator name.
func (sqrt) Type() string { return "Sqrt" }

func (sqrt) constantOnly() {}

func decodeSqrt(s *source) (Op, []ValueID, error) { return s.done(sqrt{}, len(s.ids)) }

// Infer gives the shape of the input.
func (sqrt) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Fold computes in float32.
func (sqrt) Fold(in []*Tensor) ([]*Tensor, error) { return foldFloat(in[0], math.Sqrt) }
