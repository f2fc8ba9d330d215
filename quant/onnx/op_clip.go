package onnx

import (
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeClip(s *source) (graph.Op, []graph.ValueID, error) {
	c := graph.Clip{Lo: -math.MaxFloat32, Hi: math.MaxFloat32}
	if s.opset < 11 {
		c.Lo, c.Hi = s.float("min", c.Lo), s.float("max", c.Hi)
		return s.done(c, len(s.ids))
	}
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	run := func(i int) bool { return graph.Present(s.in, i) && s.in[i].Const == nil }
	if run(1) || run(2) || s.in[0].DType != graph.Float32 {
		return s.clipBy()
	}
	c.Lo, c.Hi = s.scalar(1, "min", c.Lo), s.scalar(2, "max", c.Hi)
	return s.done(c, 1)
}

// clipBy is a Clip of integers, or by bounds that come while it runs: the greater of x and the one, then the less of that
// and the other.
func (s *source) clipBy() (graph.Op, []graph.ValueID, error) {
	c := &chain{s: s}
	y := s.ids[0]
	for i, op := range []graph.Op{graph.Max{}, graph.Min{}} {
		if !graph.Present(s.in, i+1) {
			continue
		}
		bound := s.in[i+1]
		if graph.Len(bound.Shape) != 1 || bound.DType != s.in[0].DType {
			return nil, nil, fmt.Errorf("bound %q (%v %v) is not one %v", bound.Name, bound.DType, bound.Shape, s.in[0].DType)
		}
		y = c.do(op, y, c.reshape(s.ids[i+1]))
	}
	return c.same(y)
}

// encodeClip writes the bounds as inputs.
func encodeClip(w *Writer, n graph.Node) error {
	c := n.Op.(graph.Clip)
	w.Plain(n, "Clip", []string{w.Scalar(n, "min", c.Lo), w.Scalar(n, "max", c.Hi)})
	return nil
}
