package onnx

import (
	"errors"
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeGelu(s *source) (graph.Op, []graph.ValueID, error) {
	var g graph.Gelu
	switch mode := s.text("approximate", "none"); mode {
	case "none":
	case "tanh":
		g.Tanh = true
	default:
		s.fail(fmt.Errorf("approximate %q is not known", mode))
	}
	return s.done(g, len(s.ids))
}

// encodeGelu writes it as the ONNX operator of the same name, which needs opset 20.
func encodeGelu(w *Writer, n graph.Node) error {
	g := n.Op.(graph.Gelu)
	if w.Opset() < 20 {
		return errors.New("the operator needs opset 20")
	}
	mode := "none"
	if g.Tanh {
		mode = "tanh"
	}
	w.Plain(n, "Gelu", nil, Text("approximate", mode))
	return nil
}
