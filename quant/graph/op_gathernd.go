package graph

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/ref"
)

// GatherND takes the slices that the last axis of the indices names, Batch axes of both going together. An index below zero counts from the end,
// one outside is limited. ONNX operator GatherND.
type GatherND struct{ Batch int }

// Type is the ONNX operator name.
func (GatherND) Type() string { return "GatherND" }

// Infer checks the shapes against each other.
func (g GatherND) Infer(in []Value) ([]Value, error) {
	if err := indices(in, 2); err != nil {
		return nil, err
	}
	x, index := in[0].Shape, in[1].Shape
	batch := g.Batch
	if len(index) == 0 || batch < 0 || batch >= len(index) || batch >= len(x)+1 || !slices.Equal(x[:batch], index[:batch]) {
		return nil, Misfit("indices %q %v do not fit input %q %v", in[1].Name, index, in[0].Name, x)
	}
	k := index[len(index)-1]
	if k > len(x)-batch {
		return nil, Misfit("indices %q %v have more numbers than input %q %v has axes", in[1].Name, index, in[0].Name, x)
	}
	return one(in[0].DType, slices.Concat(index[:len(index)-1], x[batch+k:])...), nil
}

// Indexed says which elements.
func (g GatherND) Indexed(x, index []int) ref.Indexed { return tuplesOf(g.Batch, x, index) }

// PerItem holds where the items are a batch of the operator.
func (g GatherND) PerItem(_ []Value, carry []bool) bool { return g.Batch > 0 && all(carry) }

// Fold computes on constants.
func (g GatherND) Fold(in []*Tensor) ([]*Tensor, error) { return foldTake(g, in) }
