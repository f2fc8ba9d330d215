package onnx

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

// decodeTile repeats along one axis after the other: what lies before it, the repeats, and the rest.
func decodeTile(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	shape := s.in[0].Shape
	repeats, _ := s.integers(1, "repeats")
	if s.err != nil {
		return nil, nil, s.err
	}
	if len(repeats) != len(shape) {
		return nil, nil, graph.Misfit("%d repeats do not fit input %q %v", len(repeats), s.in[0].Name, shape)
	}
	var to []int64
	for a, n := range repeats {
		if n < 0 || n > graph.MaxElements {
			return nil, nil, fmt.Errorf("an axis cannot be repeated %d times", n)
		}
		to = append(to, n*int64(shape[a]))
	}
	out, err := shapeOf(to)
	if err != nil {
		return nil, nil, err
	}
	c, y := &chain{s: s}, s.ids[0]
	before := 1
	for a, n := range repeats {
		rest := graph.Len(shape[a:])
		if n != 1 {
			y = c.do(graph.Expand{Shape: []int{before, int(n), rest}}, c.reshape(y, before, 1, rest))
		}
		before *= out[a]
	}
	return c.done(graph.Reshape{Shape: out}, y)
}
