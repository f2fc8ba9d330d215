package graph

import "github.com/quantscope/quantscope/kernels/ref"

// Erf is the error function, 2/√π times the integral of e^(-t²) from 0 to x. ONNX operator Erf.
type Erf struct{}

// Type is the ONNX operator name.
func (Erf) Type() string { return "Erf" }

// Infer gives the shape of the input.
func (Erf) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Twin is the scalar twin of its kernel.
func (Erf) Twin() ref.EpilogueOp { return ref.ErfOp() }
