package onnx

import "github.com/quantscope/quantscope/quant/graph"

func decodeInstanceNormalization(s *source) (graph.Op, []graph.ValueID, error) {
	return s.done(graph.InstanceNormalization{Epsilon: s.float("epsilon", 1e-5)}, len(s.ids))
}

func encodeInstanceNormalization(w *Writer, n graph.Node) error {
	i := n.Op.(graph.InstanceNormalization)
	w.Plain(n, "InstanceNormalization", nil, Real("epsilon", i.Epsilon))
	return nil
}
