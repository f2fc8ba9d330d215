package graph

import (
	"slices"
)

// Split cuts its input along Axis, which is not negative, into one output for each of Sizes. ONNX
// operator Split, opset 2 (attribute), 13 (input) and 18 (num_outputs); the input is dropped.
type Split struct {
	Axis  int
	Sizes []int
}

// Type is the ONNX operator name.
func (Split) Type() string { return "Split" }

// Infer checks that Sizes add up.
func (s Split) Infer(in []Value) ([]Value, error) {
	if err := Arity(in, 1, 1); err != nil {
		return nil, err
	}
	x := in[0]
	if s.Axis >= len(x.Shape) {
		return nil, Misfit("axis %d is outside input %q %v", s.Axis, x.Name, x.Shape)
	}
	sum := 0
	var out []Value
	for _, n := range s.Sizes {
		if n < 0 || n > x.Shape[s.Axis]-sum {
			sum = -1
			break
		}
		sum += n
		shape := slices.Clone(x.Shape)
		shape[s.Axis] = n
		out = append(out, Value{DType: x.DType, Shape: shape})
	}
	if sum != x.Shape[s.Axis] {
		return nil, Misfit("sizes %v do not add up to axis %d of input %q %v", brief(s.Sizes), s.Axis, x.Name, x.Shape)
	}
	return out, nil
}

// Fold copies each part.
func (p Split) Fold(in []*Tensor) ([]*Tensor, error) {
	var out []*Tensor
	from := 0
	for _, n := range p.Sizes {
		shape := slices.Clone(in[0].Shape)
		shape[p.Axis] = n
		steps := strides(in[0].Shape)
		out = append(out, view(in[0], shape, steps, from*steps[p.Axis]))
		from += n
	}
	return out, nil
}

// PerItem holds along the other axes.
func (p Split) PerItem(_ []Value, carry []bool) bool { return p.Axis != 0 && alone(carry) }

// Moves is true.
func (Split) Moves() bool { return true }
