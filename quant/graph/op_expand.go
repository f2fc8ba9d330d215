package graph

import "slices"

// expand repeats a constant to the shape it and shape broadcast to.
type expand struct{ shape []int }

// Type is the ONNX operator name.
func (expand) Type() string { return "Expand" }

func (expand) constantOnly() {}

// decodeExpand drops an expansion that changes nothing, which may then be of run-time data.
func decodeExpand(s *source) (Op, []ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	v, _ := s.integers(1, "shape")
	if s.err != nil {
		return nil, nil, s.err
	}
	shape, err := shapeOf(v)
	if err != nil {
		return nil, nil, err
	}
	if shape, err = broadcast(s.in[0].Shape, shape); err != nil {
		return nil, nil, err
	}
	if slices.Equal(shape, s.in[0].Shape) {
		return nil, s.data(1), nil
	}
	return s.done(expand{shape}, 1)
}

// Infer gives the shape.
func (e expand) Infer(in []Value) ([]Value, error) { return one(in[0].DType, e.shape...), nil }

// Fold repeats the elements.
func (e expand) Fold(in []*Tensor) ([]*Tensor, error) {
	return []*Tensor{view(in[0], e.shape, spread(in[0].Shape, e.shape), 0)}, nil
}
