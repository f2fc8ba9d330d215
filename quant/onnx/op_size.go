package onnx

import "github.com/quantscope/quantscope/quant/graph"

// decodeSize makes the number of the input's elements a constant.
func decodeSize(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	n := int64(graph.Len(s.in[0].Shape))
	return s.done(graph.Constant{Value: &graph.Tensor{DType: graph.Int64, Shape: []int{}, I: []int64{n}}}, 0)
}
