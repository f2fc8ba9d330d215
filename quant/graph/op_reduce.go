package graph

import (
	"fmt"
	"slices"
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

// PerItem holds where the first axis stays.
func (r ReduceMean) PerItem(_ []Value, carry []bool) bool { return reducesItems(r.Axes, carry) }

// PerItem holds where the first axis stays.
func (r ReduceSum) PerItem(_ []Value, carry []bool) bool { return reducesItems(r.Axes, carry) }

// PerItem holds where the first axis stays.
func (r ReduceMax) PerItem(_ []Value, carry []bool) bool { return reducesItems(r.Axes, carry) }

// PerItem holds where the first axis stays.
func (r ReduceMin) PerItem(_ []Value, carry []bool) bool { return reducesItems(r.Axes, carry) }

// Reduces gives the axes.
func (r ReduceMean) Reduces() (axes []int, keep bool) { return r.Axes, r.KeepDims }

// Reduces gives the axes.
func (r ReduceSum) Reduces() (axes []int, keep bool) { return r.Axes, r.KeepDims }

// Reduces gives the axes.
func (r ReduceMax) Reduces() (axes []int, keep bool) { return r.Axes, r.KeepDims }

// Reduces gives the axes.
func (r ReduceMin) Reduces() (axes []int, keep bool) { return r.Axes, r.KeepDims }

func reducesItems(axes []int, carry []bool) bool { return alone(carry) && !slices.Contains(axes, 0) }

// NonNegative holds where it does for the input: each element is a mean of elements.
func (ReduceMean) NonNegative(in []bool) bool { return all(in) }

// NonNegative holds where it does for the input: each element is a sum of elements.
func (ReduceSum) NonNegative(in []bool) bool { return all(in) }
