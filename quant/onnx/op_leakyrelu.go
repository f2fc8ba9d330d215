package onnx

import "github.com/quantscope/quantscope/quant/graph"

func decodeLeakyRelu(s *source) (graph.Op, []graph.ValueID, error) {
	return s.done(graph.LeakyRelu{Alpha: s.float("alpha", 0.01)}, len(s.ids))
}

func encodeLeakyRelu(w *Writer, n graph.Node) error {
	r := n.Op.(graph.LeakyRelu)
	w.Plain(n, "LeakyRelu", nil,
		Real("alpha", r.Alpha),
	)
	return nil
}
