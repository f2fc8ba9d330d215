package graph

import "github.com/quantscope/quantscope/kernels/ref"

// Gelu is x/2·(1 + erf(x/√2)) or, with Tanh, its approximation x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))).
// ONNX operator Gelu, from opset 20 on.
type Gelu struct{ Tanh bool }

// Type is the ONNX operator name.
func (Gelu) Type() string { return "Gelu" }

// Infer gives the shape of the input.
func (Gelu) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Twin is the scalar twin of its kernel.
func (g Gelu) Twin() ref.EpilogueOp {
	if g.Tanh {
		return ref.GeluTanhOp()
	}
	return ref.GeluOp()
}
