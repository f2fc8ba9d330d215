package onnx

import (
	"errors"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// reducer spells a reduction out; it makes the node's last operator of its inputs.
type reducer func(c *chain, x graph.ValueID, axes []int, keep bool) (graph.Op, []graph.ValueID, error)

// composed decodes a reduction that others make up, whose axes are an input from the given opset on.
func composed(from int, f reducer) decodeFunc {
	return func(s *source) (graph.Op, []graph.ValueID, error) {
		axes, keep, reduces, err := s.reduction(from)
		if err != nil || !reduces {
			return nil, s.data(1), err
		}
		return f(&chain{s: s}, s.ids[0], axes, keep)
	}
}

func reduceL1(c *chain, x graph.ValueID, axes []int, keep bool) (graph.Op, []graph.ValueID, error) {
	return c.done(graph.ReduceSum{Axes: axes, KeepDims: keep}, c.do(graph.Abs{}, x))
}

func reduceL2(c *chain, x graph.ValueID, axes []int, keep bool) (graph.Op, []graph.ValueID, error) {
	return c.done(graph.Sqrt{}, c.do(graph.ReduceSum{Axes: axes, KeepDims: keep}, c.do(graph.Mul{}, x, x)))
}

func reduceSumSquare(c *chain, x graph.ValueID, axes []int, keep bool) (graph.Op, []graph.ValueID, error) {
	return c.done(graph.ReduceSum{Axes: axes, KeepDims: keep}, c.do(graph.Mul{}, x, x))
}

func reduceLogSum(c *chain, x graph.ValueID, axes []int, keep bool) (graph.Op, []graph.ValueID, error) {
	return c.done(graph.Log{}, c.do(graph.ReduceSum{Axes: axes, KeepDims: keep}, x))
}

// reduceLogSumExp takes the maximum out, so that no exponential overflows.
func reduceLogSumExp(c *chain, x graph.ValueID, axes []int, keep bool) (graph.Op, []graph.ValueID, error) {
	top := c.do(graph.ReduceMax{Axes: axes, KeepDims: true}, x)
	// An infinite maximum would leave NaN.
	top = c.do(graph.Clip{Lo: -math.MaxFloat32, Hi: math.MaxFloat32}, top)
	sum := c.do(graph.ReduceSum{Axes: axes, KeepDims: true}, c.do(graph.Exp{}, c.do(graph.Sub{}, x, top)))
	y := c.do(graph.Add{}, c.do(graph.Log{}, sum), top)
	if keep || c.err != nil {
		return c.same(y)
	}
	var shape []int
	for a, n := range c.shape(y) {
		if !slices.Contains(axes, a) {
			shape = append(shape, n)
		}
	}
	return c.done(graph.Reshape{Shape: shape}, y)
}

// reduceProd multiplies halves of each axis until one element is left.
func reduceProd(c *chain, x graph.ValueID, axes []int, keep bool) (graph.Op, []graph.ValueID, error) {
	if len(axes) == 0 {
		return c.same(x)
	}
	y := x
	for _, a := range axes {
		for c.err == nil && c.shape(y)[a] > 1 {
			whole, n := y, c.shape(y)[a]
			y = c.do(graph.Mul{}, c.cut(whole, a, 0, n/2), c.cut(whole, a, n-n/2, n))
			if n%2 == 1 {
				y = c.do(graph.Concat{Axis: a}, y, c.cut(whole, a, n/2, n/2+1))
			}
		}
	}
	if c.err != nil {
		return nil, nil, c.err
	}
	shape := slices.Clone(c.shape(y))
	for _, a := range axes {
		if shape[a] == 0 {
			return nil, nil, errors.New("a product of nothing is not supported")
		}
	}
	if !keep {
		shape = shape[:0]
		for a, n := range c.shape(y) {
			if !slices.Contains(axes, a) {
				shape = append(shape, n)
			}
		}
	}
	return c.done(graph.Reshape{Shape: shape}, y)
}

// cut takes elements [from, to) along an axis.
func (c *chain) cut(v graph.ValueID, axis, from, to int) graph.ValueID {
	if c.err != nil {
		return graph.None
	}
	shape := c.shape(v)
	s := graph.Slice{Starts: make([]int, len(shape)), Steps: slices.Repeat([]int{1}, len(shape)), Sizes: slices.Clone(shape)}
	s.Starts[axis], s.Sizes[axis] = from, to-from
	return c.do(s, v)
}
