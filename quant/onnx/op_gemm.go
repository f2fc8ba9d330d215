package onnx

import "github.com/quantscope/quantscope/quant/graph"

func decodeGemm(s *source) (graph.Op, []graph.ValueID, error) {
	if s.opset < 7 {
		s.flag("broadcast", false) // of C, which Infer checks anyhow
	}
	return s.done(graph.Gemm{
		Alpha: s.float("alpha", 1), Beta: s.float("beta", 1),
		TransA: s.flag("transA", false), TransB: s.flag("transB", false),
	}, len(s.ids))
}

func encodeGemm(w *Writer, n graph.Node) error {
	g := n.Op.(graph.Gemm)
	w.Plain(n, "Gemm", nil,
		Real("alpha", g.Alpha),
		Real("beta", g.Beta),
		Flag("transA", g.TransA),
		Flag("transB", g.TransB),
	)
	return nil
}
