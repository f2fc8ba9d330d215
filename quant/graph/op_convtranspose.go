package graph

import "fmt"

// ConvTranspose is a 2-D transposed convolution. Inputs x [N,C,H,W], w [C,O/Group,kH,kW], optional
// bias [O]; output [N,O,H',W'] with H' = Strides·(H-1) + OutputPadding + Dilations·(kH-1) + 1 - top -
// bottom: x[h] times w[k] lands on h·Stride + k·Dilation - top. auto_pad and output_shape are resolved
// into Pads and OutputPadding. ONNX operator ConvTranspose, opset 1 to 22.
type ConvTranspose struct {
	Kernel, Strides, Dilations [2]int
	Pads                       [4]int // top, left, bottom, right
	OutputPadding              [2]int // rows at the bottom, columns at the right
	Group                      int
}

// Type is the ONNX operator name.
func (ConvTranspose) Type() string { return "ConvTranspose" }

// Infer checks the shapes against each other.
func (c ConvTranspose) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 2, 3); err != nil {
		return nil, err
	}
	x, w := in[0], in[1]
	if err := Planar(x); err != nil {
		return nil, err
	}
	if err := Planar(w); err != nil {
		return nil, err
	}
	if c.Group < 1 || x.Shape[1] < 1 || x.Shape[1]%c.Group != 0 {
		return nil, fmt.Errorf("group %d does not divide %d input channels", c.Group, x.Shape[1])
	}
	if w.Shape[0] != x.Shape[1] {
		return nil, fmt.Errorf("weight %q %v does not fit input %q %v", w.Name, w.Shape, x.Name, x.Shape)
	}
	if w.Shape[2] != c.Kernel[0] || w.Shape[3] != c.Kernel[1] {
		return nil, fmt.Errorf("weight %q %v does not have kernel_shape %v", w.Name, w.Shape, c.Kernel)
	}
	if w.Shape[1] > MaxElements/c.Group || c.Group > MaxElements {
		return nil, fmt.Errorf("weight %q %v in %d groups has too many channels", w.Name, w.Shape, c.Group)
	}
	o := w.Shape[1] * c.Group
	if err := biasShape(in, 2, o); err != nil {
		return nil, err
	}
	var out [2]int
	for i := range out {
		n := x.Shape[2+i]
		out[i] = c.Strides[i]*(n-1) + c.OutputPadding[i] + c.Dilations[i]*(c.Kernel[i]-1) + 1 - c.Pads[i] - c.Pads[2+i]
		if n < 1 || out[i] < 1 {
			return nil, fmt.Errorf("input %q %v: padding %v leaves no output", x.Name, x.Shape, c.Pads)
		}
	}
	return one(Float32, x.Shape[0], o, out[0], out[1]), nil
}

// PerItem holds for the items of input 0.
func (ConvTranspose) PerItem(_ []Value, carry []bool) bool { return alone(carry) }
