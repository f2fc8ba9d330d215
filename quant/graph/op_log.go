package graph

import "github.com/quantscope/quantscope/kernels/ref"

// Log is the natural logarithm. ONNX operator Log.
type Log struct{}

// Type is the ONNX operator name.
func (Log) Type() string { return "Log" }

// Infer gives the shape of the input.
func (Log) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Twin is the scalar twin of its kernel.
func (Log) Twin() ref.EpilogueOp { return ref.LogOp() }
