package onnx

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// line tells whether a spatial operator has 1-D space: x [N,C,L]. It is then decoded by way of lift.
func (s *source) line() bool { return !s.lifted && len(s.in[0].Shape) == 3 }

// lift decodes an operator of 1-D space as one of 2-D space with height 1: Reshape, the operator, Reshape.
// Of its inputs the first n, those of rank 3, get the axis of height; lists of attributes do so in spatial.
func (s *source) lift(decode decodeFunc, n int) (graph.Op, []graph.ValueID, error) {
	s.lifted = true
	for i, v := range s.in[:min(n, len(s.in))] {
		if len(v.Shape) != 3 {
			continue
		}
		id, err := s.emit("image", graph.Reshape{Shape: slices.Insert(slices.Clone(v.Shape), 2, 1)}, s.ids[i])
		if err != nil {
			return nil, nil, err
		}
		s.ids[i], s.in[i] = id, s.b.Graph.Values[id]
	}
	op, ids, err := decode(s)
	if err != nil {
		return nil, nil, err
	}
	y, err := s.emit("2d", op, ids...)
	if err != nil {
		return nil, nil, err
	}
	return graph.Reshape{Shape: slices.Delete(slices.Clone(s.b.Graph.Values[y].Shape), 2, 3)}, []graph.ValueID{y}, nil
}

// spatial is an ints attribute with entries for the spatial axes; of a lifted operator, each of them comes
// with one for the height, which is fill.
func (s *source) spatial(name string, fill int64) (v []int64, ok bool) {
	v, ok = s.list(name)
	if !ok || !s.lifted {
		return v, ok
	}
	var both []int64
	for _, n := range v {
		both = append(both, fill, n)
	}
	return both, true
}
