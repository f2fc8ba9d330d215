package graph

import "slices"

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

// Infer puts the shape of the indices in place of the axis.
func (g Gather) Infer(in []Value) ([]Value, error) {
	if err := Arity(in, 1, 1); err != nil {
		return nil, err
	}
	x := in[0].Shape
	if n, _ := Elements(g.Shape); g.Axis < 0 || g.Axis >= len(x) || n != len(g.Indices) ||
		n > 0 && (slices.Min(g.Indices) < 0 || slices.Max(g.Indices) >= x[g.Axis]) {
		return nil, Misfit("%d indices %v do not fit axis %d of input %q %v", len(g.Indices), g.Shape, g.Axis, in[0].Name, x)
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
