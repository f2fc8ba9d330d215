package graph

import (
	"errors"

	"github.com/quantscope/quantscope/quant/onnx"
)

// constant is a tensor out of nothing. ONNX operator Constant, and what Shape becomes.
type constant struct{ value *Tensor }

// Type is the ONNX operator name.
func (constant) Type() string { return "Constant" }

// Infer gives the tensor's type and shape.
func (c constant) Infer([]Value) ([]Value, error) { return one(c.value.DType, c.value.Shape...), nil }

// Fold gives the tensor.
func (c constant) Fold([]*Tensor) ([]*Tensor, error) { return []*Tensor{c.value}, nil }

func decodeConstant(s *source) (Op, []ValueID, error) {
	var t *Tensor
	for i := range s.node.Attrs {
		switch a := &s.node.Attrs[i]; a.Name {
		case "value":
			if a = s.attr(a.Name, onnx.AttrTensor); a != nil && a.T != nil {
				var err error
				if t, err = FromONNX(a.T, s.b.opt.Files); err != nil {
					return nil, nil, err
				}
				s.b.casts.count(a.T.DataType)
				n, _ := product(t.Shape)
				s.b.Room += foldRatio * n
			}
		case "value_float":
			t = &Tensor{DType: Float32, Shape: []int{}, F: []float32{s.float(a.Name, 0)}}
		case "value_floats":
			if a = s.attr(a.Name, onnx.AttrFloats); a != nil {
				t = &Tensor{DType: Float32, Shape: []int{len(a.Floats)}, F: a.Floats}
			}
		case "value_int":
			if a = s.attr(a.Name, onnx.AttrInt); a != nil {
				t = &Tensor{DType: Int64, Shape: []int{}, I: []int64{a.I}}
			}
		case "value_ints":
			if a = s.attr(a.Name, onnx.AttrInts); a != nil {
				t = &Tensor{DType: Int64, Shape: []int{len(a.Ints)}, I: a.Ints}
			}
		case "value_string", "value_strings", "sparse_value":
			return nil, nil, errors.New("attribute \"" + a.Name + "\" is not supported")
		}
	}
	if t == nil {
		s.fail(errors.New("it has no value"))
	}
	return s.done(constant{t}, 0)
}
