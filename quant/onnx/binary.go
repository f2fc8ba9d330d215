package onnx

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// binary decodes an arithmetic operator. Up to opset 6 its inputs broadcast only where an attribute
// says so, and then b lines up with a from an axis on, or at the end.
func (s *source) binary(op graph.Op) (graph.Op, []graph.ValueID, error) {
	if s.opset >= 7 {
		return s.done(op, len(s.ids))
	}
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	a, b := s.in[0], s.in[1]
	spread := s.flag("broadcast", false)
	axis := s.number("axis", len(a.Shape)-len(b.Shape), 0, graph.MaxRank)
	if s.err == nil && !spread && !slices.Equal(a.Shape, b.Shape) {
		s.fail(fmt.Errorf("inputs %q %v and %q %v differ in shape and broadcast is not set", a.Name, a.Shape, b.Name, b.Shape))
	}
	after := len(a.Shape) - axis - len(b.Shape)
	if !spread || after <= 0 || s.err != nil {
		return s.done(op, len(s.ids))
	}
	shape := slices.Clone(b.Shape)
	for range after {
		shape = append(shape, 1)
	}
	id, err := s.emit("reshape", graph.Reshape{Shape: shape}, s.ids[1])
	return op, []graph.ValueID{s.ids[0], id}, err
}
