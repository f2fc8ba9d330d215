package onnx

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeSplit(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	shape, outputs := s.in[0].Shape, len(s.node.Outputs)
	p := graph.Split{Axis: s.axis("axis", 0, len(shape))}
	if s.err != nil {
		return nil, nil, s.err
	}
	n := shape[p.Axis]
	var sizes []int64
	var given bool
	if s.opset < 13 {
		sizes, given = s.list("split")
	} else {
		sizes, given = s.integers(1, "split")
	}
	parts := outputs
	if s.opset >= 18 && !given {
		parts = s.number("num_outputs", outputs, 1, graph.MaxElements)
	}
	switch {
	case s.err != nil:
		return nil, nil, s.err
	case given:
		for _, v := range sizes {
			if v < 0 || v > graph.MaxElements {
				return nil, nil, fmt.Errorf("size %d is not possible", v)
			}
			p.Sizes = append(p.Sizes, int(v))
		}
	case parts != outputs:
		return nil, nil, fmt.Errorf("num_outputs is %d and the node has %d outputs", parts, outputs)
	case s.opset < 18 && n%max(parts, 1) != 0:
		return nil, nil, graph.Misfit("axis %d of input %q %v does not split into %d equal parts", p.Axis, s.in[0].Name, shape, parts)
	default:
		// All parts are equal but the last, which may be smaller.
		each := (n + parts - 1) / max(parts, 1)
		for range parts {
			p.Sizes = append(p.Sizes, min(each, n))
			n -= min(each, n)
		}
	}
	if len(p.Sizes) != outputs {
		return nil, nil, fmt.Errorf("it splits into %d and has %d outputs", len(p.Sizes), outputs)
	}
	return s.done(p, 1)
}

// encodeSplit writes the sizes as an input.
func encodeSplit(w *Writer, n graph.Node) error {
	p := n.Op.(graph.Split)
	w.Plain(n, "Split", []string{w.Ints(n, "split", p.Sizes)}, Int("axis", p.Axis))
	return nil
}
