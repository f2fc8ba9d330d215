package onnx

import (
	"github.com/quantscope/quantscope/quant/graph"
)

func decodeGather(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	x := s.in[0]
	if s.in[1].Const == nil {
		return s.done(graph.GatherIndexed{Axis: s.axis("axis", 0, len(x.Shape))}, len(s.ids))
	}
	g := graph.Gather{Axis: s.axis("axis", 0, len(x.Shape)), Shape: s.in[1].Shape}
	indices, _ := s.integers(1, "indices")
	if s.err != nil {
		return nil, nil, s.err
	}
	n := int64(x.Shape[g.Axis])
	for _, i := range indices {
		if i < -n || i >= n {
			return nil, nil, graph.Misfit("index %d is outside axis %d of input %q %v", i, g.Axis, x.Name, x.Shape)
		}
		if i < 0 {
			i += n
		}
		g.Indices = append(g.Indices, int(i))
	}
	return s.done(g, 1)
}

// encodeGather writes the indices as an input.
func encodeGather(w *Writer, n graph.Node) error {
	g := n.Op.(graph.Gather)
	indices := &graph.Tensor{DType: graph.Int64, Shape: g.Shape}
	for _, i := range g.Indices {
		indices.I = append(indices.I, int64(i))
	}
	w.Plain(n, "Gather", []string{w.Const(n, "indices", indices)}, Int("axis", g.Axis))
	return nil
}
