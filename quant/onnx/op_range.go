package onnx

import (
	"errors"
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/graph"
)

// decodeRange makes the constant start, start+delta, … before limit.
func decodeRange(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(3); err != nil {
		return nil, nil, err
	}
	start, limit, delta := s.constant(0, "start"), s.constant(1, "limit"), s.constant(2, "delta")
	if s.err != nil {
		return nil, nil, s.err
	}
	for _, t := range [...]*graph.Tensor{start, limit, delta} {
		if graph.Len(t.Shape) != 1 || t.DType != start.DType {
			return nil, nil, errors.New("start, limit and delta are not three numbers of one type")
		}
	}
	out := &graph.Tensor{DType: start.DType}
	var count float64
	if out.DType == graph.Float32 {
		count = math.Ceil((float64(limit.F[0]) - float64(start.F[0])) / float64(delta.F[0]))
	} else {
		count = math.Ceil((float64(limit.I[0]) - float64(start.I[0])) / float64(delta.I[0]))
	}
	if !(count <= maxRange) {
		return nil, nil, fmt.Errorf("it has %v elements, over the limit of %d", count, maxRange)
	}
	n := int(max(count, 0))
	out.Shape = []int{n}
	for i := range n {
		if out.DType == graph.Float32 {
			out.F = append(out.F, start.F[0]+float32(float32(i)*delta.F[0]))
		} else {
			out.I = append(out.I, start.I[0]+int64(i)*delta.I[0])
		}
	}
	return s.done(graph.Constant{Value: out}, 0)
}

// maxRange bounds the elements of Range, which are positions along an axis.
const maxRange = 1 << 16
