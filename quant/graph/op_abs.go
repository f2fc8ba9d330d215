package graph

import "github.com/quantscope/quantscope/kernels/ref"

// Abs is |x|. ONNX operator Abs.
type Abs struct{}

// Type is the ONNX operator name.
func (Abs) Type() string { return "Abs" }

// Infer gives the type and shape of the input.
func (Abs) Infer(in []Value) ([]Value, error) {
	if err := numbers(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Fold computes on constants; integers wrap.
func (op Abs) Fold(in []*Tensor) ([]*Tensor, error) {
	return foldNumbers(op, in[0], func(v int64) int64 {
		return max(v, -v)
	}), nil
}

// Twin is the scalar twin of its kernel.
func (Abs) Twin() ref.EpilogueOp { return ref.AbsOp() }
