package onnx

import (
	"errors"
	"math"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeBitShift(s *source) (graph.Op, []graph.ValueID, error) {
	return s.done(graph.BitShift{Right: s.choice("direction", "", "LEFT", "RIGHT") == "RIGHT"}, len(s.ids))
}

func encodeBitShift(w *Writer, n graph.Node) error {
	direction := "LEFT"
	if n.Op.(graph.BitShift).Right {
		direction = "RIGHT"
	}
	w.Plain(n, "BitShift", nil, Text("direction", direction))
	return nil
}

func encodeBitwise(w *Writer, n graph.Node) error {
	if w.Opset() < 18 {
		return errors.New(n.Op.Type() + " needs opset 18")
	}
	w.Plain(n, n.Op.Type(), nil)
	return nil
}

// decodeIsNaN compares with itself what nothing but NaN is unlike.
func decodeIsNaN(s *source) (graph.Op, []graph.ValueID, error) {
	if err := graph.Arity(s.in, 1, 1); err != nil {
		return nil, nil, err
	}
	c := &chain{s: s}
	return c.done(graph.Not{}, c.do(graph.Equal{}, s.ids[0], s.ids[0]))
}

// decodeIsInf compares with the infinities that count.
func decodeIsInf(s *source) (graph.Op, []graph.ValueID, error) {
	if err := graph.Arity(s.in, 1, 1); err != nil {
		return nil, nil, err
	}
	below, above := s.flag("detect_negative", true), s.flag("detect_positive", true)
	c := &chain{s: s}
	switch x, infinity := s.ids[0], float32(math.Inf(1)); {
	case below && above:
		return c.done(graph.Equal{}, c.do(graph.Abs{}, x), c.number(infinity))
	case below:
		return c.done(graph.Equal{}, x, c.number(-infinity))
	case above:
		return c.done(graph.Equal{}, x, c.number(infinity))
	default: // none is: nothing is unlike itself and like itself
		equal := c.do(graph.Equal{}, x, x)
		return c.done(graph.And{}, equal, c.do(graph.Not{}, equal))
	}
}

// decodeShrink moves what lies beyond lambd towards zero, and makes the rest zero.
func decodeShrink(s *source) (graph.Op, []graph.ValueID, error) {
	if err := graph.Arity(s.in, 1, 1); err != nil {
		return nil, nil, err
	}
	edge, bias := s.float("lambd", 0.5), s.float("bias", 0)
	c := &chain{s: s}
	x := s.ids[0]
	above := c.do(graph.Where{}, c.do(graph.Greater{}, x, c.number(edge)), c.do(graph.Sub{}, x, c.number(bias)), c.number(0))
	return c.done(graph.Where{}, c.do(graph.Less{}, x, c.number(-edge)), c.do(graph.Add{}, x, c.number(bias)), above)
}
