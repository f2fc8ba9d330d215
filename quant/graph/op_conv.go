package graph

import "fmt"

// Conv is a convolution over one to three axes of space. Inputs x [N,C,S…], w [O,C/Group,Kernel…], optional
// bias [O]; output [N,O,S'…] with S' = (S + before + after - Dilations·(Kernel-1) - 1)/Strides + 1, rounded
// down. auto_pad is resolved: Pads are explicit and may be unequal. ONNX operator Conv, opset 1 to 22.
type Conv struct {
	Kernel, Strides, Dilations []int // for each axis of space
	Pads                       []int // before each axis of space, then behind each: top, left, bottom, right
	Group                      int
	Coarse                     bool // may be a digit less exact than sums of float32 are, where that is faster: of gradients, no ONNX attribute
}

// Type is the ONNX operator name.
func (Conv) Type() string { return "Conv" }

// Infer checks the shapes against each other.
func (c Conv) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 2, 3); err != nil {
		return nil, err
	}
	x, w := in[0], in[1]
	if err := checkWindow(x, c.Kernel, c.Strides, c.Dilations, c.Pads); err != nil {
		return nil, err
	}
	if err := weightShape(w, c.Kernel); err != nil {
		return nil, err
	}
	o := w.Shape[0]
	if c.Group < 1 || x.Shape[1] < 1 || x.Shape[1]%c.Group != 0 || o%c.Group != 0 || o < 1 {
		return nil, Misfit("group %d does not divide %d input and %d output channels", c.Group, x.Shape[1], o)
	}
	if w.Shape[1] != x.Shape[1]/c.Group {
		return nil, Misfit("weight %q %v does not fit input %q %v in %d groups", w.Name, w.Shape, x.Name, x.Shape, c.Group)
	}
	if err := biasShape(in, 2, o); err != nil {
		return nil, err
	}
	out := []int{x.Shape[0], o}
	for a, k := range c.Kernel {
		n, err := slide(x.Shape[2+a], k, c.Strides[a], c.Dilations[a], c.Pads[a], c.Pads[len(c.Kernel)+a])
		if err != nil {
			return nil, fmt.Errorf("input %q %v: %w", x.Name, x.Shape, err)
		}
		out = append(out, n)
	}
	return one(Float32, out...), nil
}

// PerItem holds for the items of input 0.
func (Conv) PerItem(_ []Value, carry []bool) bool { return alone(carry) }
