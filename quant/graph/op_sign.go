package graph

import "github.com/quantscope/quantscope/kernels/ref"

// Sign is -1, 0 or 1, as x is below, at or above zero. ONNX operator Sign.
type Sign struct{}

// Type is the ONNX operator name.
func (Sign) Type() string { return "Sign" }

// Infer gives the type and shape of the input.
func (Sign) Infer(in []Value) ([]Value, error) {
	if err := numbers(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Fold computes on constants; integers wrap.
func (op Sign) Fold(in []*Tensor) ([]*Tensor, error) {
	return foldNumbers(op, in[0], func(v int64) int64 {
		return min(max(v, -1), 1)
	}), nil
}

// Twin is the scalar twin of its kernel.
func (Sign) Twin() ref.EpilogueOp { return ref.SignOp() }
