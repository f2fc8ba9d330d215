package graph

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/onnx"
)

// decodeConstantOfShape makes a tensor of one value. It becomes an expansion of a constant scalar.
func decodeConstantOfShape(s *source) (Op, []ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	v, _ := s.integers(0, "shape")
	fill := &Tensor{DType: Float32, Shape: []int{}, F: []float32{0}}
	if a := s.attr("value", onnx.AttrTensor); a != nil && a.T != nil {
		t, err := FromONNX(a.T, s.b.opt.Files)
		if err != nil {
			return nil, nil, err
		}
		if n, _ := product(t.Shape); n != 1 {
			return nil, nil, fmt.Errorf("value has shape %v, want one element", t.Shape)
		}
		fill = &Tensor{DType: t.DType, Shape: []int{}, F: t.F, I: t.I}
	}
	if s.err != nil {
		return nil, nil, s.err
	}
	shape, err := shapeOf(v)
	if err != nil {
		return nil, nil, err
	}
	id, err := s.emit("value", constant{fill})
	return Expand{shape}, []ValueID{id}, err
}
