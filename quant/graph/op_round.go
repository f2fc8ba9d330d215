package graph

import "github.com/quantscope/quantscope/kernels/ref"

// Round is the nearest integer, half to even. ONNX operator Round.
type Round struct{}

// Type is the ONNX operator name.
func (Round) Type() string { return "Round" }

// Infer gives the shape of the input.
func (Round) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Twin is the scalar twin of its kernel.
func (Round) Twin() ref.EpilogueOp { return ref.RoundOp() }
