package graph

import "github.com/quantscope/quantscope/kernels/ref"

// Neg is -x. ONNX operator Neg.
type Neg struct{}

// Type is the ONNX operator name.
func (Neg) Type() string { return "Neg" }

// Infer gives the type and shape of the input.
func (Neg) Infer(in []Value) ([]Value, error) {
	if err := numbers(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// Fold computes on constants; integers wrap.
func (op Neg) Fold(in []*Tensor) ([]*Tensor, error) {
	return foldNumbers(op, in[0], func(v int64) int64 {
		return -v
	}), nil
}

// Twin is the scalar twin of its kernel.
func (Neg) Twin() ref.EpilogueOp { return ref.NegOp() }
