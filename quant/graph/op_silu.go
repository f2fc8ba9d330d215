package graph

import "github.com/quantscope/quantscope/kernels/ref"

// SiLU is x·sigmoid(x). It is no operator of the default ONNX domain: Recognise makes it of Sigmoid and Mul.
type SiLU struct{}

// Type is the ONNX operator name.
func (SiLU) Type() string { return "SiLU" }

// Infer gives the shape of the input.
func (SiLU) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Twin is the scalar twin of its kernel.
func (SiLU) Twin() ref.EpilogueOp { return ref.SiLUOp() }
