package graph

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/ref"
)

// ScatterElements is its first input with the elements of the third written, along Axis, where the second says; the last one
// stays, or with a Reduction all go into what is there. An index below zero counts from the end, one outside is limited.
// ONNX operator ScatterElements.
type ScatterElements struct {
	Axis      int
	Reduction Reduce
}

// Type is the ONNX operator name.
func (ScatterElements) Type() string { return "ScatterElements" }

// Infer checks the shapes against each other.
func (g ScatterElements) Infer(in []Value) ([]Value, error) {
	if err := indices(in, 3); err != nil {
		return nil, err
	}
	x, index := in[0].Shape, in[1].Shape
	if g.Axis < 0 || g.Axis >= len(x) || !sameBut(x, index, g.Axis) {
		return nil, Misfit("indices %q %v do not fit input %q %v: they may differ along axis %d only", in[1].Name, index, in[0].Name, x, g.Axis)
	}
	if !slices.Equal(in[2].Shape, index) {
		return nil, Misfit("updates %q have shape %v, want %v", in[2].Name, in[2].Shape, index)
	}
	return like(in[0]), nil
}

// Indexed says which elements.
func (g ScatterElements) Indexed(x, index []int) ref.Indexed { return elementsOf(g.Axis, x, index) }

// PerItem holds along the other axes.
func (g ScatterElements) PerItem(_ []Value, carry []bool) bool { return g.Axis != 0 && all(carry) }

// Fold computes on constants.
func (g ScatterElements) Fold(in []*Tensor) ([]*Tensor, error) { return foldPut(g, g.Reduction, in) }

// Reduces tells whether elements go into what is there.
func (g ScatterElements) Reduces() bool { return g.Reduction != Replace }
