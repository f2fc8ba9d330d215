package graph

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/ref"
)

// ScatterND is its first input with slices of the third written where the last axis of the second says; the last one
// stays, or with a Reduction all go into what is there. An index below zero counts from the end, one outside is limited.
// ONNX operator ScatterND.
type ScatterND struct{ Reduction Reduce }

// Type is the ONNX operator name.
func (ScatterND) Type() string { return "ScatterND" }

// Infer checks the shapes against each other.
func (ScatterND) Infer(in []Value) ([]Value, error) {
	if err := indices(in, 3); err != nil {
		return nil, err
	}
	x, index := in[0].Shape, in[1].Shape
	batch := 0
	if len(index) == 0 || batch < 0 || batch >= len(index) || batch >= len(x)+1 || !slices.Equal(x[:batch], index[:batch]) {
		return nil, Misfit("indices %q %v do not fit input %q %v", in[1].Name, index, in[0].Name, x)
	}
	k := index[len(index)-1]
	if k > len(x)-batch {
		return nil, Misfit("indices %q %v have more numbers than input %q %v has axes", in[1].Name, index, in[0].Name, x)
	}
	if !slices.Equal(in[2].Shape, slices.Concat(index[:len(index)-1], x[batch+k:])) {
		return nil, Misfit("updates %q have shape %v, want %v", in[2].Name, in[2].Shape, slices.Concat(index[:len(index)-1], x[batch+k:]))
	}
	return like(in[0]), nil
}

// Indexed says which elements.
func (ScatterND) Indexed(x, index []int) ref.Indexed { return tuplesOf(0, x, index) }

// Fold computes on constants.
func (g ScatterND) Fold(in []*Tensor) ([]*Tensor, error) { return foldPut(g, g.Reduction, in) }

// Reduces tells whether elements go into what is there.
func (g ScatterND) Reduces() bool { return g.Reduction != Replace }
