package graph

import (
	"math"
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
	if err := numbers(in, 1, 1); err != nil {
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
		return nil, Misfit("axes %v do not fit input %q %v", axes, x.Name, x.Shape)
	}
	return one(x.DType, shape...), nil
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

// Fold computes the mean in float32, or in int64, rounded towards zero.
func (r ReduceMean) Fold(in []*Tensor) ([]*Tensor, error) {
	out, err := ReduceSum(r).Fold(in)
	if err != nil || Len(out[0].Shape) == 0 {
		return out, err
	}
	n := Len(in[0].Shape) / Len(out[0].Shape)
	for i := range out[0].F {
		out[0].F[i] /= float32(n)
	}
	for i := range out[0].I {
		out[0].I[i] /= int64(max(n, 1))
	}
	return out, nil
}

// Fold adds in float32, or in the integer type with wrap-around.
func (r ReduceSum) Fold(in []*Tensor) ([]*Tensor, error) {
	return foldReduce(r, in[0], 0, 0, func(a, b float32) float32 { return a + b }, func(a, b int64) int64 { return a + b })
}

// Fold finds the maximum.
func (r ReduceMax) Fold(in []*Tensor) ([]*Tensor, error) {
	return foldReduce(r, in[0], float32(math.Inf(-1)), in[0].DType.min(),
		func(a, b float32) float32 { return max(a, b) }, func(a, b int64) int64 { return max(a, b) })
}

// Fold finds the minimum.
func (r ReduceMin) Fold(in []*Tensor) ([]*Tensor, error) {
	return foldReduce(r, in[0], float32(math.Inf(1)), in[0].DType.max(),
		func(a, b float32) float32 { return min(a, b) }, func(a, b int64) int64 { return min(a, b) })
}

// foldReduce reduces a constant, its elements in order.
func foldReduce(op Reduction, x *Tensor, float float32, integer int64, add func(a, b float32) float32, addInt func(a, b int64) int64) ([]*Tensor, error) {
	v, err := op.Infer([]Value{x.value("x")})
	if err != nil {
		return nil, err
	}
	axes, _ := op.Reduces()
	kept := slices.Clone(x.Shape)
	for _, a := range axes {
		kept[a] = 1
	}
	out := &Tensor{DType: x.DType, Shape: v[0].Shape}
	n := Len(out.Shape)
	if x.DType == Float32 {
		out.F = slices.Repeat([]float32{float}, n)
	} else {
		out.I = slices.Repeat([]int64{integer}, n)
	}
	walk(x.Shape, spread(kept, x.Shape), func(i, to int) {
		if x.DType == Float32 {
			out.F[to] = add(out.F[to], x.F[i])
		} else {
			out.I[to] = x.DType.wrap(addInt(out.I[to], x.I[i]))
		}
	})
	return []*Tensor{out}, nil
}
