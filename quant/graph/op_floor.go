package graph

import "github.com/quantscope/quantscope/kernels/ref"

// Floor rounds down to an integer. ONNX operator Floor.
type Floor struct{}

// Type is the ONNX operator name.
func (Floor) Type() string { return "Floor" }

// Infer gives the shape of the input.
func (Floor) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Twin is the scalar twin of its kernel.
func (Floor) Twin() ref.EpilogueOp { return ref.FloorOp() }
