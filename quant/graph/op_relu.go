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

func decodeRelu(s *source) (Op, []ValueID, error) { return s.done(Relu{}, len(s.ids)) }

// Twin is the scalar twin of its kernel.
func (Relu) Twin() ref.Post { return ref.Clamp(0, float32(math.Inf(1))) }

// Encode writes it as the ONNX operator of the same name.
func (Relu) Encode(w *Writer, n Node) error {
	w.Plain(n, "Relu", nil)
	return nil
}
