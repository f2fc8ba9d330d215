package graph

import "math"

// ceil rounds a constant up.
type ceil struct{}

// Type is the ONNX operator name.
func (ceil) Type() string { return "Ceil" }

func (ceil) constantOnly() {}

func decodeCeil(s *source) (Op, []ValueID, error) { return s.done(ceil{}, len(s.ids)) }

// Infer gives the shape of the input.
func (ceil) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Fold computes in float32.
func (ceil) Fold(in []*Tensor) ([]*Tensor, error) { return foldFloat(in[0], math.Ceil) }
