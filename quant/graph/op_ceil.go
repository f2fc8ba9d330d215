package graph

import "github.com/quantscope/quantscope/kernels/ref"

// Ceil rounds up to an integer. ONNX operator Ceil.
type Ceil struct{}

// Type is the ONNX operator name.
func (Ceil) Type() string { return "Ceil" }

// Infer gives the shape of the input.
func (Ceil) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Twin is the scalar twin of its kernel.
func (Ceil) Twin() ref.EpilogueOp { return ref.CeilOp() }
