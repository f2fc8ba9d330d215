package graph

import (
	"errors"

	"github.com/quantscope/quantscope/kernels/ref"
)

// Pow is a^b, the inputs broadcast as numpy does. ONNX operator Pow, opset 7 to 15; an exponent of an
// integer type must be constant, and becomes float32.
type Pow struct{}

// Type is the ONNX operator name.
func (Pow) Type() string { return "Pow" }

// Infer gives the broadcast shape.
func (Pow) Infer(in []Value) ([]Value, error) { return inferBinary(in) }

// PerItem holds where the items broadcast along the first axis.
func (Pow) PerItem(in []Value, carry []bool) bool { return spreadsAll(in, carry) }

// Fold computes as the kernel does, or in the integer type with wrap-around.
func (Pow) Fold(in []*Tensor) ([]*Tensor, error) {
	for _, n := range in[1].I {
		if n < 0 || n > 64 {
			return nil, errors.New("an integer is raised to a power that is none of 0 to 64")
		}
	}
	return foldBinary(in[0], in[1], ref.Pow, func(a, n int64) int64 {
		y := int64(1)
		for range n {
			y *= a
		}
		return y
	})
}
