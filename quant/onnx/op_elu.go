package onnx

import "github.com/quantscope/quantscope/quant/graph"

func decodeElu(s *source) (graph.Op, []graph.ValueID, error) {
	return s.done(graph.Elu{Alpha: s.float("alpha", 1)}, len(s.ids))
}

func encodeElu(w *Writer, n graph.Node) error {
	e := n.Op.(graph.Elu)
	w.Plain(n, "Elu", nil, Real("alpha", e.Alpha))
	return nil
}
