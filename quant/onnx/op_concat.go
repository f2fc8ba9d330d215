package onnx

import (
	"errors"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeConcat(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	if s.attr("axis", AttrInt) == nil {
		return nil, nil, errors.New("attribute \"axis\" is missing")
	}
	return s.done(graph.Concat{Axis: s.axis("axis", 0, len(s.in[0].Shape))}, len(s.ids))
}

func encodeConcat(w *Writer, n graph.Node) error {
	c := n.Op.(graph.Concat)
	w.Plain(n, "Concat", nil,
		Int("axis", c.Axis),
	)
	return nil
}
