package onnx

import "github.com/quantscope/quantscope/quant/graph"

func decodePow(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	if s.in[0].DType == graph.Float32 && s.in[1].DType != graph.Float32 {
		id, err := s.emit("exponent", graph.Cast{To: graph.Float32}, s.ids[1])
		if err != nil {
			return nil, nil, err
		}
		s.ids[1], s.in[1] = id, s.b.Graph.Values[id]
	}
	return s.binary(graph.Pow{})
}
