package graph

import "github.com/quantscope/quantscope/kernels/ref"

// LeakyRelu is x where x ≥ 0, else Alpha·x. ONNX operator LeakyRelu.
type LeakyRelu struct{ Alpha float32 }

// Type is the ONNX operator name.
func (LeakyRelu) Type() string { return "LeakyRelu" }

// Infer gives the shape of the input.
func (LeakyRelu) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Twin is the scalar twin of its kernel.
func (r LeakyRelu) Twin() ref.EpilogueOp { return ref.LeakyRelu(r.Alpha) }
