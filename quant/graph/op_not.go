package graph

import (
	"fmt"

	"github.com/quantscope/quantscope/kernels/ref"
)

// Not turns truth values around. ONNX operator Not.
type Not struct{}

// Type is the ONNX operator name.
func (Not) Type() string { return "Not" }

// Infer gives the shape of the input.
func (Not) Infer(in []Value) ([]Value, error) {
	if err := Arity(in, 1, 1); err != nil {
		return nil, err
	}
	if in[0].DType != Bool {
		return nil, fmt.Errorf("input %q has type %v, want bool", in[0].Name, in[0].DType)
	}
	return like(in[0]), nil
}

// Fold computes on constants.
func (Not) Fold(in []*Tensor) ([]*Tensor, error) {
	out := &Tensor{DType: Bool, Shape: in[0].Shape, I: make([]int64, len(in[0].I))}
	for i, v := range in[0].I {
		out.I[i] = v ^ 1
	}
	return []*Tensor{out}, nil
}

// Twin is the scalar twin of its kernel: 1 becomes 0, and 0 becomes 1.
func (Not) Twin() ref.EpilogueOp { return ref.WithinOp(-0.5, 0.5) }
