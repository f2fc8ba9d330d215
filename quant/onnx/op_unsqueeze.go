package onnx

import (
	"errors"

	"github.com/quantscope/quantscope/quant/graph"
)

// decodeUnsqueeze makes a Reshape with a 1 at each of the axes of the output.
func decodeUnsqueeze(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	var v []int64
	var ok bool
	if s.opset < 13 {
		v, ok = s.list("axes")
	} else {
		v, ok = s.integers(1, "axes")
	}
	if s.err == nil && (!ok || len(v) > graph.MaxRank) {
		s.fail(errors.New("axes are missing or too many"))
	}
	if s.err != nil {
		return nil, nil, s.err
	}
	x := s.in[0].Shape
	one := make([]bool, len(x)+len(v))
	for _, n := range v {
		a, err := graph.AxisOf(n, len(one))
		if err != nil {
			return nil, nil, err
		}
		if one[a] {
			return nil, nil, errors.New("an axis comes twice")
		}
		one[a] = true
	}
	shape := make([]int, len(one))
	for i := range shape {
		if shape[i] = 1; !one[i] {
			shape[i], x = x[0], x[1:]
		}
	}
	return s.done(graph.Reshape{Shape: shape}, 1)
}
