package graph

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/ref"
)

// GatherIndexed takes the slices of its first input along Axis that the second names while it runs: Gather is for
// constant indices. An index below zero counts from the end, one outside is limited. ONNX operator Gather.
type GatherIndexed struct{ Axis int }

// Type tells it from Gather.
func (GatherIndexed) Type() string { return "GatherIndexed" }

// Infer puts the shape of the indices in place of the axis.
func (g GatherIndexed) Infer(in []Value) ([]Value, error) {
	if err := indices(in, 2); err != nil {
		return nil, err
	}
	x := in[0].Shape
	if g.Axis < 0 || g.Axis >= len(x) {
		return nil, Misfit("axis %d is outside input %q %v", g.Axis, in[0].Name, x)
	}
	return one(in[0].DType, slices.Concat(x[:g.Axis], in[1].Shape, x[g.Axis+1:])...), nil
}

// Indexed says which slices.
func (g GatherIndexed) Indexed(x, index []int) ref.Indexed {
	n, inner, tuples := x[g.Axis], Len(x[g.Axis+1:]), Len(index)
	return ref.Indexed{Units: Len(x[:g.Axis]) * tuples, Len: inner, Outer: max(tuples, 1), OuterStep: n * inner, Inner: 1, Tuples: max(tuples, 1),
		Dims: []int{n}, Strides: []int{inner}}
}

// PerItem holds where the items lie along the first axis of the indices, or along another axis than that of the
// slices.
func (g GatherIndexed) PerItem(in []Value, carry []bool) bool {
	if g.Axis == 0 {
		return !carry[0] && len(in[1].Shape) > 0
	}
	return alone(carry)
}

// Fold takes the slices.
func (g GatherIndexed) Fold(in []*Tensor) ([]*Tensor, error) { return foldTake(g, in) }
