package graph

import (
	"fmt"
	"slices"
)

// DepthwiseGradient is the gradient of the weights of a depthwise convolution over two axes of space: inputs x
// [N,C,H,W] and the gradient dy [N,C,H',W'] of the convolution's output, output [C,1,Kernel…]: for each position of the
// kernel the sum over images and outputs of dy times what the position meets of x. No ONNX operator.
type DepthwiseGradient struct {
	Kernel, Strides, Dilations []int // of the convolution
	Pads                       []int
}

// Type is the operator's name.
func (DepthwiseGradient) Type() string { return "DepthwiseGradient" }

// Infer checks that dy is what the convolution makes of x.
func (d DepthwiseGradient) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 2, 2); err != nil {
		return nil, err
	}
	x, dy := in[0], in[1]
	if len(x.Shape) != 4 || len(d.Kernel) != 2 {
		return nil, fmt.Errorf("input %q %v: only two axes of space have a gradient of depthwise weights", x.Name, x.Shape)
	}
	shape := []int{x.Shape[1], 1, d.Kernel[0], d.Kernel[1]}
	w := Value{Name: "weights", DType: Float32, Shape: shape}
	y, err := Conv{d.Kernel, d.Strides, d.Dilations, d.Pads, x.Shape[1]}.Infer([]Value{x, w})
	if err != nil {
		return nil, err
	}
	if !slices.Equal(y[0].Shape, dy.Shape) {
		return nil, fmt.Errorf("gradient %q %v is not that of an output %v", dy.Name, dy.Shape, y[0].Shape)
	}
	return one(Float32, shape...), nil
}
