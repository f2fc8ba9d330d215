package graph

import (
	"fmt"
	"slices"
)

// gather takes the slices of a constant along axis that indices name.
type gather struct{ axis int }

// Type is the ONNX operator name.
func (gather) Type() string { return "Gather" }

func (gather) constantOnly() {}

func decodeGather(s *source) (Op, []ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	return s.done(gather{s.axis("axis", 0, len(s.in[0].Shape))}, len(s.ids))
}

// Infer puts the shape of indices in place of the axis.
func (g gather) Infer(in []Value) ([]Value, error) {
	if err := arity(in, 2, 2); err != nil {
		return nil, err
	}
	if t := in[1].DType; t != Int64 && t != Int32 {
		return nil, fmt.Errorf("indices %q have type %v", in[1].Name, t)
	}
	x := in[0].Shape
	return one(in[0].DType, slices.Concat(x[:g.axis], in[1].Shape, x[g.axis+1:])...), nil
}

// Fold copies the slices.
func (g gather) Fold(in []*Tensor) ([]*Tensor, error) {
	x, index := in[0], in[1]
	n, inner := x.Shape[g.axis], Len(x.Shape[g.axis+1:])
	out := &Tensor{DType: x.DType, Shape: slices.Concat(x.Shape[:g.axis], index.Shape, x.Shape[g.axis+1:])}
	for o := range Len(x.Shape[:g.axis]) {
		for _, i := range index.I {
			if i < int64(-n) || i >= int64(n) {
				return nil, fmt.Errorf("index %d is outside axis %d of %v", i, g.axis, x.Shape)
			}
			if i < 0 {
				i += int64(n)
			}
			at := (o*n + int(i)) * inner
			if x.DType == Float32 {
				out.F = append(out.F, x.F[at:at+inner]...)
			} else {
				out.I = append(out.I, x.I[at:at+inner]...)
			}
		}
	}
	return []*Tensor{out}, nil
}
