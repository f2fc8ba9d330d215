package onnx

import "github.com/quantscope/quantscope/quant/graph"

func decodeGlobalAveragePool(s *source) (graph.Op, []graph.ValueID, error) {
	if axes := s.otherSpace(); axes != nil {
		return s.done(graph.ReduceMean{Axes: axes, KeepDims: true}, len(s.ids))
	}
	return s.done(graph.GlobalAveragePool{}, len(s.ids))
}

func decodeGlobalMaxPool(s *source) (graph.Op, []graph.ValueID, error) {
	if axes := s.otherSpace(); axes != nil {
		return s.done(graph.ReduceMax{Axes: axes, KeepDims: true}, len(s.ids))
	}
	return s.done(graph.GlobalMaxPool{}, len(s.ids))
}

// otherSpace lists the axes of space of [N,C,…] where it is not 2-D, nil where it is.
func (s *source) otherSpace() (axes []int) {
	if len(s.in) < 1 || len(s.in[0].Shape) == 4 {
		return nil
	}
	for a := 2; a < len(s.in[0].Shape); a++ {
		axes = append(axes, a)
	}
	return axes
}
