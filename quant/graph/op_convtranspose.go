package graph

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/onnx"
)

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
	if err := planar(x); err != nil {
		return nil, err
	}
	if err := planar(w); err != nil {
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
	if w.Shape[1] > maxElements/c.Group || c.Group > maxElements {
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

func decodeConvTranspose(s *source) (Op, []ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	if s.line() {
		return s.lift(decodeConvTranspose, 2)
	}
	w := s.window(kernelOf(s.in[1]), true)
	c := ConvTranspose{Kernel: w.kernel, Strides: w.strides, Dilations: w.dilations, Pads: w.pads,
		Group: s.number("group", 1, 1, maxElements)}
	if v, ok := s.spatial("output_padding", 0); ok {
		if len(v) != 2 || min(v[0], v[1]) < 0 || max(v[0], v[1]) > maxWindow {
			return nil, nil, fmt.Errorf("attribute \"output_padding\" %v is not possible", v)
		}
		c.OutputPadding = [2]int{int(v[0]), int(v[1])}
	}
	mode := s.text("auto_pad", "NOTSET")
	if mode == "VALID" {
		c.Pads = [4]int{}
	}
	// The axes whose output size is given, so that the padding follows.
	var size [2]int
	if v, ok := s.spatial("output_shape", 1); ok {
		if n := len(v); n != 2 && n != 4 && !(s.lifted && n == 6) {
			return nil, nil, fmt.Errorf("attribute \"output_shape\" has %d entries: 2-D only", n)
		}
		for i, n := range v[len(v)-2:] {
			if n < 1 || n > maxElements {
				return nil, nil, fmt.Errorf("attribute \"output_shape\" %v is not possible", v)
			}
			size[i] = int(n)
		}
	}
	switch mode {
	case "NOTSET", "", "VALID", "SAME_UPPER", "SAME_LOWER":
	default:
		return nil, nil, fmt.Errorf("auto_pad %q is not known", mode)
	}
	if s.err != nil {
		return nil, nil, s.err
	}
	for i := range 2 {
		n := s.in[0].Shape[2+i]
		if size[i] == 0 && (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
			size[i] = n * c.Strides[i]
		}
		if size[i] == 0 {
			continue
		}
		total := c.Strides[i]*(n-1) + c.OutputPadding[i] + c.Dilations[i]*(c.Kernel[i]-1) + 1 - size[i]
		if total < 0 {
			// More was asked for than the kernel reaches: the rest is bias alone.
			c.OutputPadding[i] -= total
			total = 0
		}
		if max(total, c.OutputPadding[i]) > maxWindow {
			return nil, nil, fmt.Errorf("output size %v takes padding over %d", size, maxWindow)
		}
		c.Pads[i], c.Pads[2+i] = halves(total, mode == "SAME_UPPER")
	}
	return s.done(c, len(s.ids))
}

// PerItem holds for the items of input 0.
func (ConvTranspose) PerItem(_ []Value, carry []bool) bool { return alone(carry) }

// Encode writes it as the ONNX operator of the same name.
func (c ConvTranspose) Encode(w *Writer, n Node) error {
	w.Plain(n, "ConvTranspose", nil,
		onnx.Ints("kernel_shape", c.Kernel[:]...),
		onnx.Ints("strides", c.Strides[:]...),
		onnx.Ints("dilations", c.Dilations[:]...),
		onnx.Ints("pads", c.Pads[:]...),
		onnx.Ints("output_padding", c.OutputPadding[:]...),
		onnx.Int("group", c.Group),
	)
	return nil
}
