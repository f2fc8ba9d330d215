package onnx

import "github.com/quantscope/quantscope/quant/graph"

func decodeMaxPool(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	w := s.window(nil, s.opset >= 10)
	s.autoPad(&w)
	ceil := s.opset >= 10 && s.flag("ceil_mode", false)
	s.flag("storage_order", false) // of the indices
	return s.done(graph.MaxPool{Kernel: w.kernel, Strides: w.strides, Dilations: w.dilations, Pads: w.pads, Ceil: ceil}, len(s.ids))
}

func encodeMaxPool(w *Writer, n graph.Node) error {
	p := n.Op.(graph.MaxPool)
	w.Plain(n, "MaxPool", nil,
		Ints("kernel_shape", p.Kernel...),
		Ints("strides", p.Strides...),
		Ints("dilations", p.Dilations...),
		Ints("pads", p.Pads...),
		Flag("ceil_mode", p.Ceil),
	)
	return nil
}
