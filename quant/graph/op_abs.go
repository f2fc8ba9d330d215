package graph

import "github.com/quantscope/quantscope/kernels/ref"

// Abs is |x|. ONNX operator Abs.
type Abs struct{}

// Type is the ONNX operator name.
func (Abs) Type() string { return "Abs" }

// Infer gives the shape of the input.
func (Abs) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Twin is the scalar twin of its kernel.
func (Abs) Twin() ref.EpilogueOp { return ref.AbsOp() }
