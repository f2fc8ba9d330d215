package graph

import "github.com/quantscope/quantscope/kernels/ref"

// NormalCDF is the distribution function of the normal distribution, (1 + erf(x/√2))/2: what the derivative of Gelu is made of. No
// ONNX operator.
type NormalCDF struct{}

// Type is the name in messages and tables.
func (NormalCDF) Type() string { return "NormalCDF" }

// Infer gives the shape of the input.
func (NormalCDF) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Twin is the scalar twin of its kernel.
func (NormalCDF) Twin() ref.EpilogueOp { return ref.NormalCDFOp() }
