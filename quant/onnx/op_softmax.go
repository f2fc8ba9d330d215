package onnx

import "github.com/quantscope/quantscope/quant/graph"

func decodeSoftmax(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	shape := s.in[0].Shape
	if s.opset >= 13 {
		return s.done(graph.Softmax{Axis: s.axis("axis", -1, len(shape))}, len(s.ids))
	}
	axis := s.axis("axis", 1, len(shape))
	if s.err != nil || axis == len(shape)-1 {
		return s.done(graph.Softmax{Axis: axis}, len(s.ids))
	}
	flat, err := s.emit("flatten", graph.Reshape{Shape: []int{graph.Len(shape[:axis]), graph.Len(shape[axis:])}}, s.ids[0])
	if err != nil {
		return nil, nil, err
	}
	soft, err := s.emit("softmax", graph.Softmax{Axis: 1}, flat)
	return graph.Reshape{Shape: shape}, []graph.ValueID{soft}, err
}

func encodeSoftmax(w *Writer, n graph.Node) error {
	s := n.Op.(graph.Softmax)
	w.Plain(n, "Softmax", nil,
		Int("axis", s.Axis),
	)
	return nil
}
