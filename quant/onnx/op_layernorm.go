package onnx

import (
	"errors"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeLayerNormalization(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	l := graph.LayerNormalization{Axis: s.axis("axis", -1, len(s.in[0].Shape)), Epsilon: s.float("epsilon", 1e-5)}
	s.number("stash_type", 1, 0, 1<<10) // float32 it is
	if s.node.Outputs[0] == "" {
		s.fail(errors.New("its first output is not given"))
	}
	return s.done(l, len(s.ids))
}

// encodeLayerNormalization writes it as the ONNX operator of the same name, which needs opset 17.
func encodeLayerNormalization(w *Writer, n graph.Node) error {
	l := n.Op.(graph.LayerNormalization)
	if w.Opset() < 17 {
		return errors.New("the operator needs opset 17")
	}
	w.Plain(n, "LayerNormalization", nil, Int("axis", l.Axis), Real("epsilon", l.Epsilon))
	return nil
}
