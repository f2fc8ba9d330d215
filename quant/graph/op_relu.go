package graph

import (
	"math"

	"github.com/quantscope/quantscope/kernels/ref"
)

// Relu is max(x, 0). ONNX operator Relu.
type Relu struct{}

// Type is the ONNX operator name.
func (Relu) Type() string { return "Relu" }

// Infer gives the shape of the input.
func (Relu) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Bounds are 0 and infinity.
func (Relu) Bounds() (lo, hi float32) { return 0, float32(math.Inf(1)) }

// Twin is the scalar twin of its kernel.
func (Relu) Twin() ref.EpilogueOp { return ref.Clamp(0, float32(math.Inf(1))) }

// NonNegative always holds.
func (Relu) NonNegative([]bool) bool { return true }
