package onnx

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

// decodeTopK reads K from an input or, before opset 10, from an attribute. Numbers come sorted, asked for or not.
func decodeTopK(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	t := graph.TopK{Axis: s.axis("axis", -1, len(s.in[0].Shape))}
	if s.opset < 10 {
		t.K = s.number("k", 0, 0, graph.MaxElements)
	} else if k, ok := s.integers(1, "K"); s.err == nil && ok {
		if len(k) != 1 || k[0] < 0 || k[0] > graph.MaxElements {
			return nil, nil, fmt.Errorf("input %q, which is K, is no number of elements", s.in[1].Name)
		}
		t.K = int(k[0])
	}
	if s.opset >= 11 {
		t.Least = !s.flag("largest", true)
		s.flag("sorted", true)
	}
	return s.done(t, 1)
}

func encodeTopK(w *Writer, n graph.Node) error {
	t := n.Op.(graph.TopK)
	w.Plain(n, "TopK", []string{w.Ints(n, "k", []int{t.K})}, Int("axis", t.Axis), Flag("largest", !t.Least))
	return nil
}

func decodeArg(least bool) decodeFunc {
	return func(s *source) (graph.Op, []graph.ValueID, error) {
		if err := s.need(1); err != nil {
			return nil, nil, err
		}
		a := graph.Arg{Axis: s.axis("axis", 0, len(s.in[0].Shape)), KeepDims: s.flag("keepdims", true), Least: least}
		if s.opset >= 12 {
			a.Last = s.flag("select_last_index", false)
		}
		return s.done(a, len(s.ids))
	}
}

func encodeArg(w *Writer, n graph.Node) error {
	a := n.Op.(graph.Arg)
	w.Plain(n, a.Type(), nil, Int("axis", a.Axis), Flag("keepdims", a.KeepDims), Flag("select_last_index", a.Last))
	return nil
}
