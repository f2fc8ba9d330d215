package graph

import (
	"github.com/quantscope/quantscope/kernels/ref"
)

// GatherElements takes for each index the element that lies there along Axis, in the place of the index else. An index below zero counts from the end,
// one outside is limited. ONNX operator GatherElements.
type GatherElements struct{ Axis int }

// Type is the ONNX operator name.
func (GatherElements) Type() string { return "GatherElements" }

// Infer checks the shapes against each other.
func (g GatherElements) Infer(in []Value) ([]Value, error) {
	if err := indices(in, 2); err != nil {
		return nil, err
	}
	x, index := in[0].Shape, in[1].Shape
	if g.Axis < 0 || g.Axis >= len(x) || !sameBut(x, index, g.Axis) {
		return nil, Misfit("indices %q %v do not fit input %q %v: they may differ along axis %d only", in[1].Name, index, in[0].Name, x, g.Axis)
	}
	return one(in[0].DType, index...), nil
}

// Indexed says which elements.
func (g GatherElements) Indexed(x, index []int) ref.Indexed { return elementsOf(g.Axis, x, index) }

// PerItem holds along the other axes.
func (g GatherElements) PerItem(_ []Value, carry []bool) bool { return g.Axis != 0 && all(carry) }

// Fold computes on constants.
func (g GatherElements) Fold(in []*Tensor) ([]*Tensor, error) { return foldTake(g, in) }
