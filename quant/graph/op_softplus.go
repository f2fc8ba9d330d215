package graph

import "github.com/quantscope/quantscope/kernels/ref"

// Softplus is log(1 + e^x). ONNX operator Softplus.
type Softplus struct{}

// Type is the ONNX operator name.
func (Softplus) Type() string { return "Softplus" }

// Infer gives the shape of the input.
func (Softplus) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Twin is the scalar twin of its kernel.
func (Softplus) Twin() ref.EpilogueOp { return ref.SoftplusOp() }
