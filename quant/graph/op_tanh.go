package graph

import "github.com/quantscope/quantscope/kernels/ref"

// Tanh is the hyperbolic tangent. ONNX operator Tanh.
type Tanh struct{}

// Type is the ONNX operator name.
func (Tanh) Type() string { return "Tanh" }

// Infer gives the shape of the input.
func (Tanh) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Twin is the scalar twin of its kernel.
func (Tanh) Twin() ref.EpilogueOp { return ref.TanhOp() }
