package onnx

import "github.com/quantscope/quantscope/quant/graph"

func decodeHardSigmoid(s *source) (graph.Op, []graph.ValueID, error) {
	return s.done(graph.HardSigmoid{Alpha: s.float("alpha", 0.2), Beta: s.float("beta", 0.5)}, len(s.ids))
}

func encodeHardSigmoid(w *Writer, n graph.Node) error {
	h := n.Op.(graph.HardSigmoid)
	w.Plain(n, "HardSigmoid", nil,
		Real("alpha", h.Alpha),
		Real("beta", h.Beta),
	)
	return nil
}
