package graph

import "github.com/quantscope/quantscope/kernels/ref"

// Elu is x where x ≥ 0, else Alpha·(e^x - 1). ONNX operator Elu.
type Elu struct{ Alpha float32 }

// Type is the ONNX operator name.
func (Elu) Type() string { return "Elu" }

// Infer gives the shape of the input.
func (Elu) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Twin is the scalar twin of its kernel.
func (e Elu) Twin() ref.EpilogueOp { return ref.EluOp(e.Alpha) }
