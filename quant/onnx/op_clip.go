package onnx

import (
	"math"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeClip(s *source) (graph.Op, []graph.ValueID, error) {
	c := graph.Clip{Lo: -math.MaxFloat32, Hi: math.MaxFloat32}
	if s.opset < 11 {
		c.Lo, c.Hi = s.float("min", c.Lo), s.float("max", c.Hi)
		return s.done(c, len(s.ids))
	}
	c.Lo, c.Hi = s.scalar(1, "min", c.Lo), s.scalar(2, "max", c.Hi)
	return s.done(c, 1)
}

// encodeClip writes the bounds as inputs.
func encodeClip(w *Writer, n graph.Node) error {
	c := n.Op.(graph.Clip)
	w.Plain(n, "Clip", []string{w.Scalar(n, "min", c.Lo), w.Scalar(n, "max", c.Hi)})
	return nil
}
