package onnx

import "github.com/quantscope/quantscope/quant/graph"

func decodeConv(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	w := s.window(kernelOf(s.in[1]), true)
	s.autoPad(&w)
	return s.done(graph.Conv{
		Kernel: w.kernel, Strides: w.strides, Dilations: w.dilations, Pads: w.pads,
		Group: s.number("group", 1, 1, graph.MaxElements),
	}, len(s.ids))
}

// kernelOf is the kernel's size as the weight tells it.
func kernelOf(w graph.Value) []int {
	return w.Shape[min(2, len(w.Shape)):]
}

func encodeConv(w *Writer, n graph.Node) error {
	c := n.Op.(graph.Conv)
	w.Plain(n, "Conv", nil,
		Ints("kernel_shape", c.Kernel...),
		Ints("strides", c.Strides...),
		Ints("dilations", c.Dilations...),
		Ints("pads", c.Pads...),
		Int("group", c.Group),
	)
	return nil
}
