package onnx

import (
	"errors"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodePad(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	rank := len(s.in[0].Shape)
	p := graph.Pad{Before: make([]int, rank), After: make([]int, rank)}
	switch mode := s.text("mode", "constant"); mode {
	case "constant":
	case "reflect":
		p.Mode = graph.PadReflect
	case "edge":
		p.Mode = graph.PadEdge
	case "wrap":
		p.Mode = graph.PadWrap
	default:
		return nil, nil, fmt.Errorf("mode %q is not supported", mode)
	}
	var pads, axes []int64
	var given, some bool
	if s.opset < 11 {
		pads, given = s.list("pads")
		p.Value = s.float("value", 0)
	} else {
		pads, given = s.integers(1, "pads")
		p.Value = s.scalar(2, "constant_value", 0)
		if s.opset >= 18 {
			axes, some = s.integers(3, "axes")
		}
	}
	if !some {
		axes = nil
		for a := range rank {
			axes = append(axes, int64(a))
		}
	}
	if p.Mode != graph.PadConstant {
		p.Value = 0
	}
	if s.err != nil {
		return nil, nil, s.err
	}
	if !given || len(pads) != 2*len(axes) {
		return nil, nil, fmt.Errorf("pads has %d entries for %d axes", len(pads), len(axes))
	}
	seen := make([]bool, rank)
	for i, axis := range axes {
		a, err := graph.AxisOf(axis, rank)
		if err != nil {
			return nil, nil, err
		}
		before, after := pads[i], pads[len(axes)+i]
		if seen[a] || max(before, after) > graph.MaxElements || min(before, after) < -graph.MaxElements {
			return nil, nil, fmt.Errorf("axis %d comes twice or is padded by %d and %d", a, before, after)
		}
		seen[a] = true
		p.Before[a], p.After[a] = int(before), int(after)
	}
	x, err := s.crop(p.Before, p.After)
	return p, []graph.ValueID{x}, err
}

// crop puts a Slice before a Pad for the negative pads, and makes those zero.
func (s *source) crop(before, after []int) (graph.ValueID, error) {
	shape := s.in[0].Shape
	p := graph.Slice{Starts: make([]int, len(shape)), Steps: make([]int, len(shape)), Sizes: slices.Clone(shape)}
	cut := false
	for a := range shape {
		b, e := max(-before[a], 0), max(-after[a], 0)
		cut = cut || b+e > 0
		p.Starts[a], p.Steps[a], p.Sizes[a] = b, 1, shape[a]-b-e
		before[a], after[a] = max(before[a], 0), max(after[a], 0)
		if p.Sizes[a] < 0 {
			return graph.None, graph.Misfit("axis %d of input %q %v is cropped by %d and %d", a, s.in[0].Name, shape, b, e)
		}
	}
	if !cut {
		return s.ids[0], nil
	}
	return s.emit("crop", p, s.ids[0])
}

// encodePad writes the pads of all axes and the value as inputs. Mode wrap needs opset 19.
func encodePad(w *Writer, n graph.Node) error {
	p := n.Op.(graph.Pad)
	if p.Mode == graph.PadWrap && w.Opset() < 19 {
		return errors.New("mode wrap needs opset 19")
	}
	more := []string{w.Ints(n, "pads", slices.Concat(p.Before, p.After))}
	if p.Mode == graph.PadConstant {
		more = append(more, w.Scalar(n, "value", p.Value))
	}
	w.Plain(n, "Pad", more, Text("mode", p.Mode.String()))
	return nil
}
