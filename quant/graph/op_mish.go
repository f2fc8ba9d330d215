package graph

import "github.com/quantscope/quantscope/kernels/ref"

// Mish is x·tanh(log(1 + e^x)). ONNX operator Mish, from opset 18 on.
type Mish struct{}

// Type is the ONNX operator name.
func (Mish) Type() string { return "Mish" }

// Infer gives the shape of the input.
func (Mish) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Twin is the scalar twin of its kernel.
func (Mish) Twin() ref.EpilogueOp { return ref.MishOp() }
