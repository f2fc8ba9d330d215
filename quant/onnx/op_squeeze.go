package onnx

import (
	"github.com/quantscope/quantscope/quant/graph"
)

// decodeSqueeze makes a Reshape without the axes of size 1 that are named, or without all of them.
func decodeSqueeze(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	x := s.in[0]
	axes, given := s.axes(1, 13, len(x.Shape))
	shape := []int{}
	next := 0
	for a, n := range x.Shape {
		named := next < len(axes) && axes[next] == a
		if named {
			next++
		}
		switch {
		case named && n != 1:
			return nil, nil, graph.Misfit("axis %d of input %q %v is not 1", a, x.Name, x.Shape)
		case !named && (given || n != 1):
			shape = append(shape, n)
		}
	}
	return s.done(graph.Reshape{Shape: shape}, 1)
}
