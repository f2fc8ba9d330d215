package graph

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/onnx"
)

// Gather takes the slices of its input along Axis that Indices, a tensor of Shape, name; none is negative.
// In the output Shape is in place of the axis. ONNX operator Gather, whose indices must be constant and
// are dropped.
type Gather struct {
	Axis    int
	Indices []int
	Shape   []int
}

// Type is the ONNX operator name.
func (Gather) Type() string { return "Gather" }

func decodeGather(s *source) (Op, []ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	x := s.in[0]
	g := Gather{Axis: s.axis("axis", 0, len(x.Shape)), Shape: s.in[1].Shape}
	indices, _ := s.integers(1, "indices")
	if s.err != nil {
		return nil, nil, s.err
	}
	n := int64(x.Shape[g.Axis])
	for _, i := range indices {
		if i < -n || i >= n {
			return nil, nil, fmt.Errorf("index %d is outside axis %d of input %q %v", i, g.Axis, x.Name, x.Shape)
		}
		if i < 0 {
			i += n
		}
		g.Indices = append(g.Indices, int(i))
	}
	return s.done(g, 1)
}

// Infer puts the shape of the indices in place of the axis.
func (g Gather) Infer(in []Value) ([]Value, error) {
	if err := arity(in, 1, 1); err != nil {
		return nil, err
	}
	x := in[0].Shape
	if n, _ := product(g.Shape); g.Axis < 0 || g.Axis >= len(x) || n != len(g.Indices) ||
		n > 0 && (slices.Min(g.Indices) < 0 || slices.Max(g.Indices) >= x[g.Axis]) {
		return nil, fmt.Errorf("%d indices %v do not fit axis %d of input %q %v", len(g.Indices), g.Shape, g.Axis, in[0].Name, x)
	}
	return one(in[0].DType, slices.Concat(x[:g.Axis], g.Shape, x[g.Axis+1:])...), nil
}

// Fold copies the slices.
func (g Gather) Fold(in []*Tensor) ([]*Tensor, error) {
	x := in[0]
	n, inner := x.Shape[g.Axis], Len(x.Shape[g.Axis+1:])
	out := &Tensor{DType: x.DType, Shape: slices.Concat(x.Shape[:g.Axis], g.Shape, x.Shape[g.Axis+1:])}
	for o := range Len(x.Shape[:g.Axis]) {
		for _, i := range g.Indices {
			at := (o*n + i) * inner
			if x.DType == Float32 {
				out.F = append(out.F, x.F[at:at+inner]...)
			} else {
				out.I = append(out.I, x.I[at:at+inner]...)
			}
		}
	}
	return []*Tensor{out}, nil
}

// PerItem holds along the other axes.
func (g Gather) PerItem(_ []Value, carry []bool) bool { return g.Axis != 0 && alone(carry) }

// Moves is true.
func (Gather) Moves() bool { return true }

// Encode writes the indices as an input.
func (g Gather) Encode(w *Writer, n Node) error {
	indices := &Tensor{DType: Int64, Shape: g.Shape}
	for _, i := range g.Indices {
		indices.I = append(indices.I, int64(i))
	}
	w.Plain(n, "Gather", []string{w.Const(n, "indices", indices)}, onnx.Int("axis", g.Axis))
	return nil
}
