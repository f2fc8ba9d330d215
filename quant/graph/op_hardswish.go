package graph

import "github.com/quantscope/quantscope/kernels/ref"

// HardSwish is x·max(0, min(1, x/6 + 0.5)). ONNX operator HardSwish.
type HardSwish struct{}

// Type is the ONNX operator name.
func (HardSwish) Type() string { return "HardSwish" }

// Infer gives the shape of the input.
func (HardSwish) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Twin is the scalar twin of its kernel.
func (HardSwish) Twin() ref.EpilogueOp { return ref.HardSwishOp() }
