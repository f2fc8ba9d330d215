package onnx

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeGatherElements(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	return s.done(graph.GatherElements{Axis: s.axis("axis", 0, len(s.in[0].Shape))}, len(s.ids))
}

func encodeGatherElements(w *Writer, n graph.Node) error {
	w.Plain(n, "GatherElements", nil, Int("axis", n.Op.(graph.GatherElements).Axis))
	return nil
}

func decodeGatherND(s *source) (graph.Op, []graph.ValueID, error) {
	return s.done(graph.GatherND{Batch: s.number("batch_dims", 0, 0, graph.MaxRank)}, len(s.ids))
}

func encodeGatherND(w *Writer, n graph.Node) error {
	w.Plain(n, "GatherND", nil, Int("batch_dims", n.Op.(graph.GatherND).Batch))
	return nil
}

func encodeGatherIndexed(w *Writer, n graph.Node) error {
	w.Plain(n, "Gather", nil, Int("axis", n.Op.(graph.GatherIndexed).Axis))
	return nil
}

// replaces fails for what scattering does besides replacing elements.
func (s *source) replaces() {
	if mode := s.text("reduction", "none"); mode != "none" {
		s.fail(fmt.Errorf("reduction %.20q is not supported", mode))
	}
}

func decodeScatterElements(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(3); err != nil {
		return nil, nil, err
	}
	s.replaces()
	return s.done(graph.ScatterElements{Axis: s.axis("axis", 0, len(s.in[0].Shape))}, len(s.ids))
}

func encodeScatterElements(w *Writer, n graph.Node) error {
	w.Plain(n, "ScatterElements", nil, Int("axis", n.Op.(graph.ScatterElements).Axis))
	return nil
}

func decodeScatterND(s *source) (graph.Op, []graph.ValueID, error) {
	s.replaces()
	return s.done(graph.ScatterND{}, len(s.ids))
}
