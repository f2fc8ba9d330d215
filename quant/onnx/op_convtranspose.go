package onnx

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeConvTranspose(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	if s.line() {
		return s.lift(decodeConvTranspose, 2)
	}
	w := s.window(kernelOf(s.in[1]), true)
	c := graph.ConvTranspose{Kernel: w.kernel, Strides: w.strides, Dilations: w.dilations, Pads: w.pads,
		Group: s.number("group", 1, 1, graph.MaxElements)}
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
			if n < 1 || n > graph.MaxElements {
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

func encodeConvTranspose(w *Writer, n graph.Node) error {
	c := n.Op.(graph.ConvTranspose)
	w.Plain(n, "ConvTranspose", nil,
		Ints("kernel_shape", c.Kernel[:]...),
		Ints("strides", c.Strides[:]...),
		Ints("dilations", c.Dilations[:]...),
		Ints("pads", c.Pads[:]...),
		Ints("output_padding", c.OutputPadding[:]...),
		Int("group", c.Group),
	)
	return nil
}
