package onnx

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// decodeExpand drops an expansion that changes nothing.
func decodeExpand(s *source) (graph.Op, []graph.ValueID, error) {
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
	if shape, err = graph.Broadcast(s.in[0].Shape, shape); err != nil {
		return nil, nil, err
	}
	if slices.Equal(shape, s.in[0].Shape) {
		return nil, s.data(1), nil
	}
	return s.done(graph.Expand{Shape: shape}, 1)
}

// encodeExpand writes the shape as an input.
func encodeExpand(w *Writer, n graph.Node) error {
	e := n.Op.(graph.Expand)
	w.Plain(n, "Expand", []string{w.Ints(n, "shape", e.Shape)})
	return nil
}
