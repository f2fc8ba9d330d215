package graph

import "github.com/quantscope/quantscope/kernels/ref"

// HardSigmoid is max(0, min(1, Alpha·x + Beta)). ONNX operator HardSigmoid.
type HardSigmoid struct{ Alpha, Beta float32 }

// Type is the ONNX operator name.
func (HardSigmoid) Type() string { return "HardSigmoid" }

// Infer gives the shape of the input.
func (HardSigmoid) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Twin is the scalar twin of its kernel.
func (h HardSigmoid) Twin() ref.EpilogueOp { return ref.HardSigmoidOp(h.Alpha, h.Beta) }
