package onnx

import "github.com/quantscope/quantscope/quant/graph"

// reducing decodes a reduction whose axes are an input from the given opset on. One over no axes is left out.
func reducing(from int, op func(axes []int, keep bool) graph.Op) decodeFunc {
	return func(s *source) (graph.Op, []graph.ValueID, error) {
		axes, keep, reduces, err := s.reduction(from)
		if err != nil || !reduces {
			return nil, s.data(1), err
		}
		return s.done(op(axes, keep), 1)
	}
}

// reduction decodes axes, an input from the given opset on, and keepdims. reduces is false where
// noop_with_empty_axes makes the node an identity.
func (s *source) reduction(from int) (axes []int, keep, reduces bool, err error) {
	if err := s.need(1); err != nil {
		return nil, false, false, err
	}
	rank := len(s.in[0].Shape)
	axes, _ = s.axes(1, from, rank)
	keep = s.flag("keepdims", true)
	noop := s.opset >= from && s.flag("noop_with_empty_axes", false)
	if len(axes) == 0 && !noop {
		for a := range rank {
			axes = append(axes, a)
		}
	}
	return axes, keep, len(axes) > 0 || rank == 0 && !noop, s.err
}

// axesInput is the opset from which on a reduction has its axes as an input: before, they are an attribute.
const axesInput, sumAxesInput = 18, 13

func encodeReduce(w *Writer, n graph.Node) error {
	from := axesInput
	if _, sum := n.Op.(graph.ReduceSum); sum {
		from = sumAxesInput
	}
	axes, keep := n.Op.(graph.Reduction).Reduces()
	var more []string
	attrs := []Attr{Flag("keepdims", keep)}
	switch {
	case len(axes) == 0: // of a scalar
	case w.Opset() >= from:
		more = []string{w.Ints(n, "axes", axes)}
	default:
		attrs = append(attrs, Ints("axes", axes...))
	}
	w.Plain(n, n.Op.Type(), more, attrs...)
	return nil
}
