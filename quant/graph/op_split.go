package graph

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/onnx"
)

// Split cuts its input along Axis, which is not negative, into one output for each of Sizes. ONNX
// operator Split, opset 2 (attribute), 13 (input) and 18 (num_outputs); the input is dropped.
type Split struct {
	Axis  int
	Sizes []int
}

// Type is the ONNX operator name.
func (Split) Type() string { return "Split" }

// Infer checks that Sizes add up.
func (s Split) Infer(in []Value) ([]Value, error) {
	if err := arity(in, 1, 1); err != nil {
		return nil, err
	}
	x := in[0]
	if s.Axis >= len(x.Shape) {
		return nil, fmt.Errorf("axis %d is outside input %q %v", s.Axis, x.Name, x.Shape)
	}
	sum := 0
	var out []Value
	for _, n := range s.Sizes {
		if n < 0 || n > x.Shape[s.Axis]-sum {
			sum = -1
			break
		}
		sum += n
		shape := slices.Clone(x.Shape)
		shape[s.Axis] = n
		out = append(out, Value{DType: x.DType, Shape: shape})
	}
	if sum != x.Shape[s.Axis] {
		return nil, fmt.Errorf("sizes %v do not add up to axis %d of input %q %v", brief(s.Sizes), s.Axis, x.Name, x.Shape)
	}
	return out, nil
}

func decodeSplit(s *source) (Op, []ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	shape, outputs := s.in[0].Shape, len(s.node.Outputs)
	p := Split{Axis: s.axis("axis", 0, len(shape))}
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
		parts = s.number("num_outputs", outputs, 1, maxElements)
	}
	switch {
	case s.err != nil:
		return nil, nil, s.err
	case given:
		for _, v := range sizes {
			if v < 0 || v > maxElements {
				return nil, nil, fmt.Errorf("size %d is not possible", v)
			}
			p.Sizes = append(p.Sizes, int(v))
		}
	case parts != outputs:
		return nil, nil, fmt.Errorf("num_outputs is %d and the node has %d outputs", parts, outputs)
	case s.opset < 18 && n%max(parts, 1) != 0:
		return nil, nil, fmt.Errorf("axis %d of input %q %v does not split into %d equal parts", p.Axis, s.in[0].Name, shape, parts)
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

// Fold copies each part.
func (p Split) Fold(in []*Tensor) ([]*Tensor, error) {
	var out []*Tensor
	from := 0
	for _, n := range p.Sizes {
		shape := slices.Clone(in[0].Shape)
		shape[p.Axis] = n
		steps := strides(in[0].Shape)
		out = append(out, view(in[0], shape, steps, from*steps[p.Axis]))
		from += n
	}
	return out, nil
}

// PerItem holds along the other axes.
func (p Split) PerItem(_ []Value, carry []bool) bool { return p.Axis != 0 && alone(carry) }

// Moves is true.
func (Split) Moves() bool { return true }

// Encode writes the sizes as an input.
func (p Split) Encode(w *Writer, n Node) error {
	w.Plain(n, "Split", []string{w.Ints(n, "split", p.Sizes)}, onnx.Int("axis", p.Axis))
	return nil
}
