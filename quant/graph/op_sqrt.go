package graph

import (
	"math"

	"github.com/quantscope/quantscope/kernels/ref"
)

// Sqrt is the square root. ONNX operator Sqrt.
type Sqrt struct{}

// Type is the ONNX operator name.
func (Sqrt) Type() string { return "Sqrt" }

// Infer gives the shape of the input.
func (Sqrt) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Fold computes in float32.
func (Sqrt) Fold(in []*Tensor) ([]*Tensor, error) { return foldFloat(in[0], math.Sqrt) }

// Twin is the scalar twin of its kernel.
func (Sqrt) Twin() ref.EpilogueOp { return ref.SqrtOp() }
