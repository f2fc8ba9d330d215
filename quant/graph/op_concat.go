package graph

import (
	"fmt"
	"slices"
)

// Concat joins its inputs along Axis, which is not negative. ONNX operator Concat.
type Concat struct {
	Axis int
}

// Type is the ONNX operator name.
func (Concat) Type() string { return "Concat" }

// Infer adds up the inputs' sizes along Axis.
func (c Concat) Infer(in []Value) ([]Value, error) {
	if err := Arity(in, max(1, len(in)), len(in)); err != nil {
		return nil, err
	}
	if c.Axis >= len(in[0].Shape) {
		return nil, Misfit("axis %d is outside input %q %v", c.Axis, in[0].Name, in[0].Shape)
	}
	shape := slices.Clone(in[0].Shape)
	for _, v := range in[1:] {
		if v.DType != in[0].DType {
			return nil, fmt.Errorf("inputs %q and %q have types %v and %v", in[0].Name, v.Name, in[0].DType, v.DType)
		}
		ok := len(v.Shape) == len(shape)
		for i := 0; ok && i < len(shape); i++ {
			ok = i == c.Axis || v.Shape[i] == shape[i]
		}
		if !ok {
			return nil, Misfit("inputs %q %v and %q %v do not join along axis %d", in[0].Name, in[0].Shape, v.Name, v.Shape, c.Axis)
		}
		shape[c.Axis] += v.Shape[c.Axis]
	}
	return one(in[0].DType, shape...), nil
}

// Fold copies the inputs side by side.
func (c Concat) Fold(in []*Tensor) ([]*Tensor, error) {
	out := &Tensor{DType: in[0].DType, Shape: slices.Clone(in[0].Shape)}
	outer := Len(out.Shape[:c.Axis])
	out.Shape[c.Axis] = 0
	for _, t := range in {
		out.Shape[c.Axis] += t.Shape[c.Axis]
	}
	for i := range outer {
		for _, t := range in {
			n := Len(t.Shape[c.Axis:])
			if out.DType == Float32 {
				out.F = append(out.F, t.F[i*n:(i+1)*n]...)
			} else {
				out.I = append(out.I, t.I[i*n:(i+1)*n]...)
			}
		}
	}
	return []*Tensor{out}, nil
}

// PerItem holds where each input carries items, and they are joined along another axis.
func (c Concat) PerItem(_ []Value, carry []bool) bool {
	return c.Axis != 0 && !slices.Contains(carry, false)
}

// Moves is true.
func (Concat) Moves() bool { return true }

// NonNegative holds where it does for all inputs: each element is one of the inputs.
func (Concat) NonNegative(in []bool) bool { return all(in) }
