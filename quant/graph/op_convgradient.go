package graph

import (
	"fmt"
	"slices"
)

// ConvGradient is the gradient of the weights of a convolution over two axes of space: inputs x [N,C,H,W] and the gradient
// dy [N,O,H',W'] of the convolution's output, output [O,C/group,Kernel…]: for each position of the kernel the sum over images
// and outputs of dy times what the position meets of x. No ONNX operator.
type ConvGradient struct{ Of Conv }

// Type is the operator's name.
func (ConvGradient) Type() string { return "ConvGradient" }

// Infer checks that dy is what the convolution makes of x.
func (d ConvGradient) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 2, 2); err != nil {
		return nil, err
	}
	x, dy := in[0], in[1]
	if len(x.Shape) != 4 || len(dy.Shape) != 4 || len(d.Of.Kernel) != 2 {
		return nil, fmt.Errorf("input %q %v: only two axes of space have a gradient of weights", x.Name, x.Shape)
	}
	shape := []int{dy.Shape[1], x.Shape[1] / d.Of.Group, d.Of.Kernel[0], d.Of.Kernel[1]}
	y, err := d.Of.Infer([]Value{x, {Name: "weights", DType: Float32, Shape: shape}})
	if err != nil {
		return nil, err
	}
	if !slices.Equal(y[0].Shape, dy.Shape) {
		return nil, fmt.Errorf("gradient %q %v is not that of an output %v", dy.Name, dy.Shape, y[0].Shape)
	}
	return one(Float32, shape...), nil
}
