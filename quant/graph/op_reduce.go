package graph

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/onnx"
)

// ReduceMean is the mean over Axes, which ascend and are not negative; they stay as 1 with KeepDims.
// ONNX operator ReduceMean, opset 1 (attribute axes) and 18 (input, which is dropped).
type ReduceMean struct {
	Axes     []int
	KeepDims bool
}

// ReduceSum is the sum over Axes, as ReduceMean has them. ONNX operator ReduceSum, axes an input from 13.
type ReduceSum struct {
	Axes     []int
	KeepDims bool
}

// ReduceMax is the maximum over Axes, as ReduceMean has them; -Inf over no elements.
type ReduceMax struct {
	Axes     []int
	KeepDims bool
}

// ReduceMin is the minimum over Axes, as ReduceMean has them; +Inf over no elements.
type ReduceMin struct {
	Axes     []int
	KeepDims bool
}

// Type is the ONNX operator name.
func (ReduceMean) Type() string { return "ReduceMean" }

// Type is the ONNX operator name.
func (ReduceSum) Type() string { return "ReduceSum" }

// Type is the ONNX operator name.
func (ReduceMax) Type() string { return "ReduceMax" }

// Type is the ONNX operator name.
func (ReduceMin) Type() string { return "ReduceMin" }

// Infer drops Axes or makes them 1.
func (r ReduceMean) Infer(in []Value) ([]Value, error) { return inferReduce(in, r.Axes, r.KeepDims) }

// Infer drops Axes or makes them 1.
func (r ReduceSum) Infer(in []Value) ([]Value, error) { return inferReduce(in, r.Axes, r.KeepDims) }

// Infer drops Axes or makes them 1.
func (r ReduceMax) Infer(in []Value) ([]Value, error) { return inferReduce(in, r.Axes, r.KeepDims) }

// Infer drops Axes or makes them 1.
func (r ReduceMin) Infer(in []Value) ([]Value, error) { return inferReduce(in, r.Axes, r.KeepDims) }

func inferReduce(in []Value, axes []int, keep bool) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	x := in[0]
	var shape []int
	next := 0
	for a, n := range x.Shape {
		if next < len(axes) && axes[next] == a {
			next++
			if keep {
				shape = append(shape, 1)
			}
			continue
		}
		shape = append(shape, n)
	}
	if next != len(axes) {
		return nil, fmt.Errorf("axes %v do not fit input %q %v", axes, x.Name, x.Shape)
	}
	return one(Float32, shape...), nil
}

func decodeReduceMean(s *source) (Op, []ValueID, error) {
	axes, keep, reduces, err := s.reduction(18)
	if err != nil || !reduces {
		return nil, s.data(1), err
	}
	return s.done(ReduceMean{Axes: axes, KeepDims: keep}, 1)
}

func decodeReduceSum(s *source) (Op, []ValueID, error) {
	axes, keep, reduces, err := s.reduction(13)
	if err != nil || !reduces {
		return nil, s.data(1), err
	}
	return s.done(ReduceSum{Axes: axes, KeepDims: keep}, 1)
}

func decodeReduceMax(s *source) (Op, []ValueID, error) {
	axes, keep, reduces, err := s.reduction(18)
	if err != nil || !reduces {
		return nil, s.data(1), err
	}
	return s.done(ReduceMax{Axes: axes, KeepDims: keep}, 1)
}

func decodeReduceMin(s *source) (Op, []ValueID, error) {
	axes, keep, reduces, err := s.reduction(18)
	if err != nil || !reduces {
		return nil, s.data(1), err
	}
	return s.done(ReduceMin{Axes: axes, KeepDims: keep}, 1)
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

// PerItem holds where the first axis stays.
func (r ReduceMean) PerItem(_ []Value, carry []bool) bool { return reducesItems(r.Axes, carry) }

// PerItem holds where the first axis stays.
func (r ReduceSum) PerItem(_ []Value, carry []bool) bool { return reducesItems(r.Axes, carry) }

// PerItem holds where the first axis stays.
func (r ReduceMax) PerItem(_ []Value, carry []bool) bool { return reducesItems(r.Axes, carry) }

// PerItem holds where the first axis stays.
func (r ReduceMin) PerItem(_ []Value, carry []bool) bool { return reducesItems(r.Axes, carry) }

func reducesItems(axes []int, carry []bool) bool { return alone(carry) && !slices.Contains(axes, 0) }

// Encode writes axes as an input or, before opset 18, an attribute.
func (r ReduceMean) Encode(w *Writer, n Node) error {
	return encodeReduce(w, n, 18, r.Axes, r.KeepDims)
}

// Encode writes axes as an input or, before opset 13, an attribute.
func (r ReduceSum) Encode(w *Writer, n Node) error {
	return encodeReduce(w, n, 13, r.Axes, r.KeepDims)
}

// Encode writes axes as an input or, before opset 18, an attribute.
func (r ReduceMax) Encode(w *Writer, n Node) error {
	return encodeReduce(w, n, 18, r.Axes, r.KeepDims)
}

// Encode writes axes as an input or, before opset 18, an attribute.
func (r ReduceMin) Encode(w *Writer, n Node) error {
	return encodeReduce(w, n, 18, r.Axes, r.KeepDims)
}

func encodeReduce(w *Writer, n Node, from int, axes []int, keep bool) error {
	var more []string
	attrs := []onnx.Attr{onnx.Flag("keepdims", keep)}
	switch {
	case len(axes) == 0: // of a scalar
	case w.Opset() >= from:
		more = []string{w.Ints(n, "axes", axes)}
	default:
		attrs = append(attrs, onnx.Ints("axes", axes...))
	}
	w.Plain(n, n.Op.Type(), more, attrs...)
	return nil
}
