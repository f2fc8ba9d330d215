package onnx

import "github.com/quantscope/quantscope/quant/graph"

func decodeTranspose(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	rank := len(s.in[0].Shape)
	var t graph.Transpose
	if v, ok := s.list("perm"); ok {
		if len(v) != rank {
			return nil, nil, graph.Misfit("perm has %d numbers for the %d axes of input %q %v", len(v), rank, s.in[0].Name, s.in[0].Shape)
		}
		for _, p := range v {
			t.Perm = append(t.Perm, int(p))
		}
	} else {
		for a := rank - 1; a >= 0; a-- {
			t.Perm = append(t.Perm, a)
		}
	}
	return s.done(t, len(s.ids))
}

func encodeTranspose(w *Writer, n graph.Node) error {
	t := n.Op.(graph.Transpose)
	w.Plain(n, "Transpose", nil,
		Ints("perm", t.Perm...),
	)
	return nil
}
