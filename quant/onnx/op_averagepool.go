package onnx

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeAveragePool(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	w := s.window(nil, s.opset >= 19)
	s.autoPad(&w)
	return s.done(graph.AveragePool{
		Kernel: w.kernel, Strides: w.strides, Dilations: w.dilations, Pads: w.pads,
		Ceil:       s.opset >= 10 && s.flag("ceil_mode", false),
		IncludePad: s.flag("count_include_pad", false),
	}, len(s.ids))
}

// encodeAveragePool writes it as the ONNX operator of the same name, which has dilations from opset 19 on.
func encodeAveragePool(w *Writer, n graph.Node) error {
	p := n.Op.(graph.AveragePool)
	attrs := []Attr{
		Ints("kernel_shape", p.Kernel...),
		Ints("strides", p.Strides...),
		Ints("pads", p.Pads...),
		Flag("ceil_mode", p.Ceil),
		Flag("count_include_pad", p.IncludePad),
	}
	if slices.Max(p.Dilations) > 1 {
		if w.Opset() < 19 {
			return fmt.Errorf("dilations %v need opset 19", p.Dilations)
		}
		attrs = append(attrs, Ints("dilations", p.Dilations...))
	}
	w.Plain(n, "AveragePool", nil, attrs...)
	return nil
}
