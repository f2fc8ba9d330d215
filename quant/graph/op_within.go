package graph

import "github.com/quantscope/quantscope/kernels/ref"

// Within is 1 where Lo < x < Hi, else 0: the derivative of a clamp. No ONNX operator.
type Within struct{ Lo, Hi float32 }

// Type is the name in messages and tables.
func (Within) Type() string { return "Within" }

// Infer gives the shape of the input.
func (Within) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Twin is the scalar twin of its kernel.
func (w Within) Twin() ref.EpilogueOp { return ref.WithinOp(w.Lo, w.Hi) }
