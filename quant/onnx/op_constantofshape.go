package onnx

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

// decodeConstantOfShape makes a tensor of one value. It becomes an expansion of a constant scalar.
func decodeConstantOfShape(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	v, _ := s.integers(0, "shape")
	fill := &graph.Tensor{DType: graph.Float32, Shape: []int{}, F: []float32{0}}
	if a := s.attr("value", AttrTensor); a != nil && a.T != nil {
		t, err := ToTensor(a.T, s.b.opt.Files)
		if err != nil {
			return nil, nil, err
		}
		if n, _ := graph.Elements(t.Shape); n != 1 {
			return nil, nil, fmt.Errorf("value has shape %v, want one element", t.Shape)
		}
		fill = &graph.Tensor{DType: t.DType, Shape: []int{}, F: t.F, I: t.I}
	}
	if s.err != nil {
		return nil, nil, s.err
	}
	shape, err := shapeOf(v)
	if err != nil {
		return nil, nil, err
	}
	id, err := s.emit("value", graph.Constant{Value: fill})
	return graph.Expand{Shape: shape}, []graph.ValueID{id}, err
}
