package graph

import "github.com/quantscope/quantscope/kernels/ref"

// Exp is e^x. ONNX operator Exp.
type Exp struct{}

// Type is the ONNX operator name.
func (Exp) Type() string { return "Exp" }

// Infer gives the shape of the input.
func (Exp) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Twin is the scalar twin of its kernel.
func (Exp) Twin() ref.EpilogueOp { return ref.ExpOp() }
