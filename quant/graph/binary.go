package graph

import (
	"fmt"
	"slices"
)

// inferBinary is Infer of the arithmetic operators on two inputs.
func inferBinary(in []Value) ([]Value, error) {
	if err := arity(in, 2, 2); err != nil {
		return nil, err
	}
	if in[0].DType != in[1].DType {
		return nil, fmt.Errorf("inputs %q and %q have types %v and %v", in[0].Name, in[1].Name, in[0].DType, in[1].DType)
	}
	shape, err := broadcast(in[0].Shape, in[1].Shape)
	if err != nil {
		return nil, fmt.Errorf("inputs %q and %q: %w", in[0].Name, in[1].Name, err)
	}
	return one(in[0].DType, shape...), nil
}

// binary decodes an arithmetic operator. Up to opset 6 its inputs broadcast only where an attribute
// says so, and then b lines up with a from an axis on, or at the end.
func (s *source) binary(op Op) (Op, []ValueID, error) {
	if s.opset >= 7 {
		return s.done(op, len(s.ids))
	}
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	a, b := s.in[0], s.in[1]
	spread := s.flag("broadcast", false)
	axis := s.number("axis", len(a.Shape)-len(b.Shape), 0, maxRank)
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
	id, err := s.emit("reshape", Reshape{Shape: shape}, s.ids[1])
	return op, []ValueID{s.ids[0], id}, err
}
