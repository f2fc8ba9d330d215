package onnx

import (
	"errors"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeLRN(s *source) (graph.Op, []graph.ValueID, error) {
	l := graph.LRN{Size: s.number("size", 0, 1, maxWindow), Alpha: s.float("alpha", 1e-4), Beta: s.float("beta", 0.75), Bias: s.float("bias", 1)}
	if l.Size < 1 {
		s.fail(errors.New("attribute \"size\" is missing"))
	}
	return s.done(l, len(s.ids))
}

func encodeLRN(w *Writer, n graph.Node) error {
	l := n.Op.(graph.LRN)
	w.Plain(n, "LRN", nil,
		Int("size", l.Size),
		Real("alpha", l.Alpha),
		Real("beta", l.Beta),
		Real("bias", l.Bias),
	)
	return nil
}
