package onnx

import (
	"math"

	"github.com/quantscope/quantscope/quant/graph"
)

// decodeShape makes the input's shape a constant, which it is even where the input is not.
func decodeShape(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	shape := s.in[0].Shape
	start, end := 0, len(shape)
	if s.opset >= 15 {
		bound := func(name string, otherwise int) int {
			v := s.number(name, otherwise, math.MinInt32, math.MaxInt32)
			if v < 0 {
				v += len(shape)
			}
			return min(max(v, 0), len(shape))
		}
		start, end = bound("start", 0), bound("end", len(shape))
	}
	t := &graph.Tensor{DType: graph.Int64, Shape: []int{max(0, end-start)}}
	for _, d := range shape[min(start, end):end] {
		t.I = append(t.I, int64(d))
	}
	return s.done(graph.Constant{Value: t}, 0)
}
