package onnx

import (
	"errors"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeConstant(s *source) (graph.Op, []graph.ValueID, error) {
	var t *graph.Tensor
	for i := range s.node.Attrs {
		switch a := &s.node.Attrs[i]; a.Name {
		case "value":
			if a = s.attr(a.Name, AttrTensor); a != nil && a.T != nil {
				var err error
				if t = s.b.shared[s.node.Outputs[0]]; t == nil {
					t, err = ToTensor(a.T, s.b.opt.Files)
				}
				if err != nil {
					return nil, nil, err
				}
				s.b.casts.count(a.T.DataType)
				n, _ := graph.Elements(t.Shape)
				s.b.Room += foldRatio * n
			}
		case "value_float":
			t = &graph.Tensor{DType: graph.Float32, Shape: []int{}, F: []float32{s.float(a.Name, 0)}}
		case "value_floats":
			if a = s.attr(a.Name, AttrFloats); a != nil {
				t = &graph.Tensor{DType: graph.Float32, Shape: []int{len(a.Floats)}, F: a.Floats}
			}
		case "value_int":
			if a = s.attr(a.Name, AttrInt); a != nil {
				t = &graph.Tensor{DType: graph.Int64, Shape: []int{}, I: []int64{a.I}}
			}
		case "value_ints":
			if a = s.attr(a.Name, AttrInts); a != nil {
				t = &graph.Tensor{DType: graph.Int64, Shape: []int{len(a.Ints)}, I: a.Ints}
			}
		case "value_string", "value_strings", "sparse_value":
			return nil, nil, errors.New("attribute \"" + a.Name + "\" is not supported")
		}
	}
	if t == nil {
		s.fail(errors.New("it has no value"))
	}
	return s.done(graph.Constant{Value: t}, 0)
}
