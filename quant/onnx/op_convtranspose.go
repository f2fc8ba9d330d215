package onnx

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeConvTranspose(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	w := s.window(kernelOf(s.in[1]), true)
	if s.err != nil {
		return nil, nil, s.err
	}
	space := len(w.kernel)
	c := graph.ConvTranspose{Kernel: w.kernel, Strides: w.strides, Dilations: w.dilations, Pads: w.pads,
		OutputPadding: make([]int, space), Group: s.number("group", 1, 1, graph.MaxElements)}
	if v, ok := s.list("output_padding"); ok {
		if len(v) != space || slices.Min(v) < 0 || slices.Max(v) > maxWindow {
			return nil, nil, fmt.Errorf("attribute \"output_padding\" %v is not possible", brief(v))
		}
		for a, n := range v {
			c.OutputPadding[a] = int(n)
		}
	}
	mode := s.text("auto_pad", "NOTSET")
	switch mode {
	case "NOTSET", "", "SAME_UPPER", "SAME_LOWER":
	case "VALID":
		clear(c.Pads)
	default:
		return nil, nil, fmt.Errorf("auto_pad %q is not known", mode)
	}
	// The axes whose output size is given, so that the padding follows.
	size := make([]int, space)
	if v, ok := s.list("output_shape"); ok {
		if n := len(v); n != space && n != 2+space {
			return nil, nil, fmt.Errorf("attribute \"output_shape\" has %d entries for %d axes of space", n, space)
		}
		for a, n := range v[len(v)-space:] {
			if n < 1 || n > graph.MaxElements {
				return nil, nil, fmt.Errorf("attribute \"output_shape\" %v is not possible", v)
			}
			size[a] = int(n)
		}
	}
	if s.err != nil {
		return nil, nil, s.err
	}
	for a := range space {
		n := s.in[0].Shape[2+a]
		if size[a] == 0 && (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
			size[a] = n * c.Strides[a]
		}
		if size[a] == 0 {
			continue
		}
		total := c.Strides[a]*(n-1) + c.OutputPadding[a] + c.Dilations[a]*(c.Kernel[a]-1) + 1 - size[a]
		if total < 0 {
			// More was asked for than the kernel reaches: the rest is bias alone.
			c.OutputPadding[a] -= total
			total = 0
		}
		if max(total, c.OutputPadding[a]) > maxWindow {
			return nil, nil, fmt.Errorf("output size %v takes padding over %d", size, maxWindow)
		}
		c.Pads[a], c.Pads[space+a] = halves(total, mode == "SAME_UPPER")
	}
	return s.done(c, len(s.ids))
}

func encodeConvTranspose(w *Writer, n graph.Node) error {
	c := n.Op.(graph.ConvTranspose)
	w.Plain(n, "ConvTranspose", nil,
		Ints("kernel_shape", c.Kernel...),
		Ints("strides", c.Strides...),
		Ints("dilations", c.Dilations...),
		Ints("pads", c.Pads...),
		Ints("output_padding", c.OutputPadding...),
		Int("group", c.Group),
	)
	return nil
}
