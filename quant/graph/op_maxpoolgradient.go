package graph

import (
	"fmt"
	"slices"
)

// MaxPoolGradient is the gradient of a MaxPool over two axes of space: inputs x [N,C,H,W], what the pool made of it, and
// the gradient of that; output [N,C,H,W]. Each window's goes to the first of its elements, in the order of the kernel,
// that is the maximum. No ONNX operator.
type MaxPoolGradient struct{ Of MaxPool }

// Type is the operator's name.
func (MaxPoolGradient) Type() string { return "MaxPoolGradient" }

// Infer checks that the second and third input are what the pool makes of the first.
func (p MaxPoolGradient) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 3, 3); err != nil {
		return nil, err
	}
	if len(p.Of.Kernel) != 2 {
		return nil, fmt.Errorf("input %q %v: only two axes of space have a gradient of maxima", in[0].Name, in[0].Shape)
	}
	y, err := p.Of.Infer(in[:1])
	if err != nil {
		return nil, err
	}
	for _, v := range in[1:] {
		if !slices.Equal(v.Shape, y[0].Shape) {
			return nil, fmt.Errorf("%q %v is not of an output %v", v.Name, v.Shape, y[0].Shape)
		}
	}
	return one(Float32, in[0].Shape...), nil
}
