package onnx

import "github.com/quantscope/quantscope/quant/graph"

// decodeMod decodes a remainder. Of integers that come while running it is a - b·⌊a/b⌋, or with fmod the quotient is
// cut off: exact up to 2^24, where quotients of integers are further from the next integer than they are rounded.
func decodeMod(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	fmod := s.flag("fmod", false)
	t := s.in[0].DType
	if s.in[0].Const != nil && s.in[1].Const != nil || t == graph.Float32 || s.in[1].DType != t || s.err != nil {
		return s.done(graph.Mod{Fmod: fmod}, len(s.ids))
	}
	c := &chain{s: s}
	float := graph.Cast{To: graph.Float32}
	a, b := c.do(float, s.ids[0]), c.do(float, s.ids[1])
	q := c.do(graph.Div{}, a, b)
	if fmod {
		q = c.do(float, c.do(graph.Cast{To: graph.Int64}, q))
	} else {
		q = c.do(graph.Floor{}, q)
	}
	return c.done(graph.Cast{To: t}, c.do(graph.Sub{}, a, c.do(graph.Mul{}, q, b)))
}

func encodeMod(w *Writer, n graph.Node) error {
	w.Plain(n, "Mod", nil, Flag("fmod", n.Op.(graph.Mod).Fmod))
	return nil
}
