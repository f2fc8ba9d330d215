package graph

import "github.com/quantscope/quantscope/kernels/ref"

// Sigmoid is 1/(1+exp(-x)). ONNX operator Sigmoid.
type Sigmoid struct{}

// Type is the ONNX operator name.
func (Sigmoid) Type() string { return "Sigmoid" }

// Infer gives the shape of the input.
func (Sigmoid) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Twin is the scalar twin of its kernel.
func (Sigmoid) Twin() ref.EpilogueOp { return ref.SigmoidOp() }
