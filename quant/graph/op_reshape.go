package graph

import (
	"errors"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/onnx"
)

// Reshape gives the same elements in C order another Shape, which is resolved: no 0 that copies, no
// -1. Flatten, Squeeze and Unsqueeze become Reshape. ONNX operator Reshape, whose input shape is dropped.
type Reshape struct {
	Shape []int
}

// Type is the ONNX operator name.
func (Reshape) Type() string { return "Reshape" }

// Infer checks that the number of elements stays.
func (r Reshape) Infer(in []Value) ([]Value, error) {
	if err := arity(in, 1, 1); err != nil {
		return nil, err
	}
	a, _ := product(in[0].Shape)
	b, ok := product(r.Shape)
	if !ok || a != b {
		return nil, fmt.Errorf("input %q %v cannot be reshaped to %v: the file may fix a batch size, "+
			"or the input shape is not the one it was made for", in[0].Name, in[0].Shape, r.Shape)
	}
	return one(in[0].DType, r.Shape...), nil
}

func decodeReshape(s *source) (Op, []ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	want, _ := s.integers(1, "shape")
	keepZero := s.opset >= 14 && s.flag("allowzero", false)
	if s.err != nil {
		return nil, nil, s.err
	}
	x := s.in[0]
	shape, err := resolve(want, x.Shape, keepZero)
	if err != nil {
		return nil, nil, fmt.Errorf("input %q %v cannot be reshaped to %v: %w", x.Name, x.Shape, brief(want), err)
	}
	return s.done(Reshape{Shape: shape}, 1)
}

// resolve puts numbers for the zeros of a target shape, which copy a dimension, and for one -1, which
// takes what is left.
func resolve(want []int64, from []int, keepZero bool) ([]int, error) {
	if len(want) > maxRank {
		return nil, fmt.Errorf("rank %d is over %d", len(want), maxRank)
	}
	shape := make([]int, len(want))
	open := -1
	for i, d := range want {
		switch {
		case d == -1 && open >= 0:
			return nil, errors.New("two dimensions are -1")
		case d == -1:
			open, shape[i] = i, 1
		case d == 0 && !keepZero && i >= len(from):
			return nil, fmt.Errorf("dimension %d is 0, and there is none to copy", i)
		case d == 0 && !keepZero:
			shape[i] = from[i]
		case d < 0 || d > maxElements:
			return nil, fmt.Errorf("dimension %d is %d", i, d)
		default:
			shape[i] = int(d)
		}
	}
	if open >= 0 {
		rest, ok := product(shape)
		all, _ := product(from)
		if !ok || rest == 0 || all%rest != 0 {
			return nil, errors.New("the -1 has no solution; the file may fix a batch size")
		}
		shape[open] = all / rest
	}
	return shape, nil
}

// Fold shares the elements.
func (r Reshape) Fold(in []*Tensor) ([]*Tensor, error) {
	return []*Tensor{{DType: in[0].DType, Shape: r.Shape, F: in[0].F, I: in[0].I}}, nil
}

// PerItem holds where the first axis stays as it is.
func (r Reshape) PerItem(_ []Value, carry []bool) bool {
	return alone(carry) && len(r.Shape) > 0 && r.Shape[0] == 1
}

// Moves is true.
func (Reshape) Moves() bool { return true }

// Encode writes the shape as an input. An open batch is written as 0, which copies it.
func (r Reshape) Encode(w *Writer, n Node) error {
	shape := slices.Clone(r.Shape)
	from := w.Value(n.Inputs[0]).Shape
	copies := w.Batch() && len(shape) > 0 && shape[0] == 1 && len(from) > 0 && from[0] == 1
	if copies {
		shape[0] = 0
	}
	var attrs []onnx.Attr
	if !copies && slices.Contains(shape, 0) {
		if w.Opset() < 14 {
			return errors.New("a shape with a zero needs opset 14")
		}
		attrs = append(attrs, onnx.Int("allowzero", 1))
	} else if slices.Contains(r.Shape, 0) {
		return errors.New("an empty tensor of open batch cannot be written")
	}
	w.Plain(n, "Reshape", []string{w.Ints(n, "shape", shape)}, attrs...)
	return nil
}
