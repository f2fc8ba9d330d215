package graph

import "math"

// floor rounds a constant down.
type floor struct{}

// Type is the ONNX operator name.
func (floor) Type() string { return "Floor" }

func (floor) constantOnly() {}

func decodeFloor(s *source) (Op, []ValueID, error) { return s.done(floor{}, len(s.ids)) }

// Infer gives the shape of the input.
func (floor) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Fold computes in float32.
func (floor) Fold(in []*Tensor) ([]*Tensor, error) { return foldFloat(in[0], math.Floor) }
