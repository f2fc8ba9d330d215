package graph

import (
	"errors"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/onnx"
)

// PadMode says what the new elements of Pad are.
type PadMode uint8

// Modes of Pad: Value everywhere; the mirror image without the edge; the edge; the other end.
const (
	PadConstant PadMode = iota
	PadReflect
	PadEdge
	PadWrap
)

// Pad adds Before[a] and After[a] elements to axis a, neither negative: Build writes a negative pad as
// a Slice before. ONNX operator Pad, opset 2 (attributes) and 11 on (inputs, which are dropped).
type Pad struct {
	Mode          PadMode
	Before, After []int
	Value         float32
}

// Type is the ONNX operator name.
func (Pad) Type() string { return "Pad" }

// Infer adds the pads.
func (p Pad) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	x := in[0]
	if len(p.Before) != len(x.Shape) || len(p.After) != len(x.Shape) {
		return nil, fmt.Errorf("input %q %v does not have %d axes", x.Name, x.Shape, len(p.Before))
	}
	shape := make([]int, len(x.Shape))
	for a, n := range x.Shape {
		b, e := p.Before[a], p.After[a]
		limit := maxElements
		switch {
		case p.Mode == PadReflect:
			limit = max(n-1, 0)
		case p.Mode == PadWrap:
			limit = n
		case p.Mode == PadEdge && n == 0:
			limit = 0
		}
		if b < 0 || e < 0 || b > limit || e > limit {
			return nil, fmt.Errorf("axis %d of input %q %v cannot be padded by %d and %d in mode %v", a, x.Name, x.Shape, b, e, p.Mode)
		}
		shape[a] = n + b + e
	}
	return one(x.DType, shape...), nil
}

// String is the ONNX attribute value.
func (m PadMode) String() string {
	switch m {
	case PadConstant:
		return "constant"
	case PadReflect:
		return "reflect"
	case PadEdge:
		return "edge"
	}
	return "wrap"
}

func decodePad(s *source) (Op, []ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	rank := len(s.in[0].Shape)
	p := Pad{Before: make([]int, rank), After: make([]int, rank)}
	switch mode := s.text("mode", "constant"); mode {
	case "constant":
	case "reflect":
		p.Mode = PadReflect
	case "edge":
		p.Mode = PadEdge
	case "wrap":
		p.Mode = PadWrap
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
	if p.Mode != PadConstant {
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
		a, err := axisOf(axis, rank)
		if err != nil {
			return nil, nil, err
		}
		before, after := pads[i], pads[len(axes)+i]
		if seen[a] || max(before, after) > maxElements || min(before, after) < -maxElements {
			return nil, nil, fmt.Errorf("axis %d comes twice or is padded by %d and %d", a, before, after)
		}
		seen[a] = true
		p.Before[a], p.After[a] = int(before), int(after)
	}
	x, err := s.crop(p.Before, p.After)
	return p, []ValueID{x}, err
}

// crop puts a Slice before a Pad for the negative pads, and makes those zero.
func (s *source) crop(before, after []int) (ValueID, error) {
	shape := s.in[0].Shape
	p := Slice{Starts: make([]int, len(shape)), Steps: make([]int, len(shape)), Sizes: slices.Clone(shape)}
	cut := false
	for a := range shape {
		b, e := max(-before[a], 0), max(-after[a], 0)
		cut = cut || b+e > 0
		p.Starts[a], p.Steps[a], p.Sizes[a] = b, 1, shape[a]-b-e
		before[a], after[a] = max(before[a], 0), max(after[a], 0)
		if p.Sizes[a] < 0 {
			return None, fmt.Errorf("axis %d of input %q %v is cropped by %d and %d", a, s.in[0].Name, shape, b, e)
		}
	}
	if !cut {
		return s.ids[0], nil
	}
	return s.emit("crop", p, s.ids[0])
}

// PerItem holds where the first axis is not padded.
func (p Pad) PerItem(_ []Value, carry []bool) bool {
	return alone(carry) && p.Before[0] == 0 && p.After[0] == 0
}

// Moves is true.
func (Pad) Moves() bool { return true }

// Encode writes the pads of all axes and the value as inputs. Mode wrap needs opset 19.
func (p Pad) Encode(w *Writer, n Node) error {
	if p.Mode == PadWrap && w.Opset() < 19 {
		return errors.New("mode wrap needs opset 19")
	}
	more := []string{w.Ints(n, "pads", slices.Concat(p.Before, p.After))}
	if p.Mode == PadConstant {
		more = append(more, w.Scalar(n, "value", p.Value))
	}
	w.Plain(n, "Pad", more, onnx.Text("mode", p.Mode.String()))
	return nil
}
