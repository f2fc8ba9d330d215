package onnx

import "github.com/quantscope/quantscope/quant/graph"

// decodeFlatten makes a matrix Reshape: the axes before axis, and those from it on.
func decodeFlatten(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	shape := s.in[0].Shape
	axis := s.number("axis", 1, -graph.MaxRank, graph.MaxRank)
	if axis < -len(shape) || axis > len(shape) {
		return nil, nil, graph.Misfit("axis %d is outside input %q %v", axis, s.in[0].Name, shape)
	}
	if axis < 0 {
		axis += len(shape)
	}
	return s.done(graph.Reshape{Shape: []int{graph.Len(shape[:axis]), graph.Len(shape[axis:])}}, len(s.ids))
}
