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

// scatterReduction is what becomes of elements that are written over others.
func (s *source) scatterReduction() graph.Reduce {
	mode := s.text("reduction", "none")
	for _, r := range []graph.Reduce{graph.Replace, graph.ReduceAdd, graph.ReduceMul, graph.ReduceLeast, graph.ReduceMost} {
		if r.String() == mode {
			return r
		}
	}
	s.fail(fmt.Errorf("reduction %.20q is not known", mode))
	return graph.Replace
}

// writeScatter writes a node with its reduction, for which there are add and mul from opset 16 on, min and max from 18 on.
func writeScatter(w *Writer, n graph.Node, op string, r graph.Reduce, attrs ...Attr) error {
	need := MinWriteOpset
	switch r {
	case graph.ReduceAdd, graph.ReduceMul:
		need = 16
	case graph.ReduceLeast, graph.ReduceMost:
		need = 18
	}
	if w.Opset() < need {
		return fmt.Errorf("reduction %v needs opset %d", r, need)
	}
	if r != graph.Replace {
		attrs = append(attrs, Text("reduction", r.String()))
	}
	w.Plain(n, op, nil, attrs...)
	return nil
}

func decodeScatterElements(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(3); err != nil {
		return nil, nil, err
	}
	return s.done(graph.ScatterElements{Axis: s.axis("axis", 0, len(s.in[0].Shape)), Reduction: s.scatterReduction()}, len(s.ids))
}

func encodeScatterElements(w *Writer, n graph.Node) error {
	op := n.Op.(graph.ScatterElements)
	return writeScatter(w, n, "ScatterElements", op.Reduction, Int("axis", op.Axis))
}

func decodeScatterND(s *source) (graph.Op, []graph.ValueID, error) {
	return s.done(graph.ScatterND{Reduction: s.scatterReduction()}, len(s.ids))
}

func encodeScatterND(w *Writer, n graph.Node) error {
	return writeScatter(w, n, "ScatterND", n.Op.(graph.ScatterND).Reduction)
}
