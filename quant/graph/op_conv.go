package graph

import "fmt"

// Conv is a 2-D convolution. Inputs x [N,C,H,W], w [O,C/Group,kH,kW], optional bias [O]; output
// [N,O,H',W'] with H' = (H + top + bottom - Dilations·(kH-1) - 1)/Strides + 1, rounded down.
// auto_pad is resolved: Pads are explicit and may be unequal. Package onnx reads a 1-D convolution as one of
// height 1 between two Reshapes. ONNX operator Conv, opset 1 to 22.
type Conv struct {
	Kernel, Strides, Dilations [2]int
	Pads                       [4]int // top, left, bottom, right
	Group                      int
}

// Type is the ONNX operator name.
func (Conv) Type() string { return "Conv" }

// Infer checks the shapes against each other.
func (c Conv) Infer(in []Value) ([]Value, error) {
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
	o := w.Shape[0]
	if c.Group < 1 || x.Shape[1] < 1 || x.Shape[1]%c.Group != 0 || o%c.Group != 0 || o < 1 {
		return nil, fmt.Errorf("group %d does not divide %d input and %d output channels", c.Group, x.Shape[1], o)
	}
	if w.Shape[1] != x.Shape[1]/c.Group {
		return nil, fmt.Errorf("weight %q %v does not fit input %q %v in %d groups", w.Name, w.Shape, x.Name, x.Shape, c.Group)
	}
	if w.Shape[2] != c.Kernel[0] || w.Shape[3] != c.Kernel[1] {
		return nil, fmt.Errorf("weight %q %v does not have kernel_shape %v", w.Name, w.Shape, c.Kernel)
	}
	if err := biasShape(in, 2, o); err != nil {
		return nil, err
	}
	var out [2]int
	for i := range out {
		var err error
		if out[i], err = slide(x.Shape[2+i], c.Kernel[i], c.Strides[i], c.Dilations[i], c.Pads[i], c.Pads[2+i]); err != nil {
			return nil, fmt.Errorf("input %q %v: %w", x.Name, x.Shape, err)
		}
	}
	return one(Float32, x.Shape[0], o, out[0], out[1]), nil
}

// biasShape checks optional input i to be one number for each of n channels.
func biasShape(in []Value, i, n int) error {
	if Present(in, i) && (len(in[i].Shape) != 1 || in[i].Shape[0] != n) {
		return fmt.Errorf("bias %q has shape %v, want [%d]", in[i].Name, in[i].Shape, n)
	}
	return nil
}

// slide counts the whole windows along one axis.
func slide(n, kernel, stride, dilation, before, after int) (int, error) {
	room := n + before + after - dilation*(kernel-1) - 1
	if n < 1 || room < 0 {
		return 0, fmt.Errorf("a window of %d (dilation %d) does not fit in %d with padding %d and %d", kernel, dilation, n, before, after)
	}
	return room/stride + 1, nil
}

// PerItem holds for the items of input 0.
func (Conv) PerItem(_ []Value, carry []bool) bool { return alone(carry) }
