package onnx

import "github.com/quantscope/quantscope/quant/graph"

func decodePRelu(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	x, slope := s.in[0].Shape, s.in[1].Shape
	if s.opset >= 7 || len(slope) != 1 || slope[0] == 1 || len(x) < 2 {
		return s.done(graph.PRelu{}, len(s.ids))
	}
	// Up to opset 6 a slope of more than one number is one for each channel.
	shape := []int{slope[0]}
	for range x[2:] {
		shape = append(shape, 1)
	}
	id, err := s.emit("slope", graph.Reshape{Shape: shape}, s.ids[1])
	return graph.PRelu{}, []graph.ValueID{s.ids[0], id}, err
}
