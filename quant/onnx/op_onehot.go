package onnx

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// decodeHardmax is 1 at the first of the greatest numbers along an axis, else 0.
func decodeHardmax(s *source) (graph.Op, []graph.ValueID, error) {
	c, x, err := s.input()
	if err != nil {
		return nil, nil, err
	}
	shape := s.in[0].Shape
	given, flat := shape, x
	axis := 0
	if s.opset >= 13 {
		axis = s.axis("axis", -1, len(shape))
	} else if a := s.axis("axis", 1, len(shape)); s.err == nil {
		given, axis = []int{graph.Len(shape[:a]), graph.Len(shape[a:])}, 1
		flat = c.reshape(x, given...)
	}
	if s.err != nil {
		return nil, nil, s.err
	}
	place := c.do(graph.Arg{Axis: axis, KeepDims: true}, flat)
	hot := c.do(graph.Cast{To: graph.Float32}, c.do(graph.Equal{}, place, c.places(axis, given)))
	return c.same(c.reshape(hot, shape...))
}

// places are 0, 1, … along an axis of a tensor that broadcasts to the shape.
func (c *chain) places(axis int, shape []int) graph.ValueID {
	if !c.takes(shape[axis], graph.Int64) {
		return graph.None
	}
	t := &graph.Tensor{DType: graph.Int64, Shape: make([]int, len(shape)), I: make([]int64, shape[axis])}
	for a := range t.Shape {
		t.Shape[a] = 1
	}
	t.Shape[axis] = shape[axis]
	for i := range t.I {
		t.I[i] = int64(i)
	}
	return c.constant(t)
}

// decodeOneHot is on where an index is the place along a new axis, else off.
func decodeOneHot(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(3); err != nil {
		return nil, nil, err
	}
	depth, values := s.constant(1, "depth"), s.in[2]
	if s.err != nil {
		return nil, nil, s.err
	}
	n := 0
	switch {
	case len(depth.F) == 1:
		n = int(depth.F[0])
	case len(depth.I) == 1:
		n = int(depth.I[0])
	}
	if n < 1 || n > maxRange || graph.Len(values.Shape) != 2 || s.in[0].DType == graph.Float32 {
		return nil, nil, fmt.Errorf("depth %d, values %v and indices of %v do not make it", n, values.Shape, s.in[0].DType)
	}
	rank := len(s.in[0].Shape) + 1
	axis := s.axis("axis", -1, rank)
	if s.err != nil {
		return nil, nil, s.err
	}
	c := &chain{s: s}
	shape := slices.Insert(slices.Clone(s.in[0].Shape), axis, 1)
	full := slices.Clone(shape)
	full[axis] = n
	x := s.ids[0]
	if s.in[0].DType != graph.Int64 {
		x = c.do(graph.Cast{To: graph.Int64}, x)
	}
	whole := func(v int64) graph.ValueID {
		return c.constant(&graph.Tensor{DType: graph.Int64, Shape: []int{}, I: []int64{v}})
	}
	x = c.do(graph.Where{}, c.do(graph.Less{}, x, whole(0)), c.do(graph.Add{}, x, whole(int64(n))), x)
	hot := c.do(graph.Equal{}, c.reshape(x, shape...), c.places(axis, full))
	one := func(i int) graph.ValueID { return c.reshape(c.cut(s.ids[2], 0, i, i+1)) }
	return c.done(graph.Where{}, hot, one(1), one(0))
}

// mostMask bounds the elements of a mask that is made here.
const mostMask = 1 << 24

// decodeTrilu keeps one side of the diagonal of matrices.
func decodeTrilu(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	shape, k := s.in[0].Shape, 0
	if v, ok := s.integers(1, "k"); ok && len(v) == 1 {
		k = int(max(min(v[0], graph.MaxElements), -graph.MaxElements))
	}
	upper := s.flag("upper", true)
	if s.err != nil {
		return nil, nil, s.err
	}
	if len(shape) < 2 {
		return nil, nil, graph.Misfit("input %q %v has no matrices", s.in[0].Name, shape)
	}
	rows, columns := shape[len(shape)-2], shape[len(shape)-1]
	if rows*columns > mostMask {
		return nil, nil, fmt.Errorf("input %q %v has matrices of over %d elements", s.in[0].Name, shape, mostMask)
	}
	c := &chain{s: s}
	if !c.takes(rows*columns, graph.Bool) {
		return nil, nil, c.err
	}
	kept := &graph.Tensor{DType: graph.Bool, Shape: []int{rows, columns}, I: make([]int64, rows*columns)}
	for i := range kept.I {
		if d := i%columns - i/columns - k; upper && d >= 0 || !upper && d <= 0 {
			kept.I[i] = 1
		}
	}
	zero := &graph.Tensor{DType: s.in[0].DType, Shape: []int{}}
	if zero.DType == graph.Float32 {
		zero.F = []float32{0}
	} else {
		zero.I = []int64{0}
	}
	return c.done(graph.Where{}, c.constant(kept), s.ids[0], c.constant(zero))
}

// decodeCumSum is a product with a matrix of ones on one side of its diagonal.
func decodeCumSum(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	shape := s.in[0].Shape
	v, _ := s.integers(1, "axis")
	exclusive, reverse := s.flag("exclusive", false), s.flag("reverse", false)
	if s.err != nil {
		return nil, nil, s.err
	}
	if len(v) != 1 {
		return nil, nil, fmt.Errorf("axis, input %q, is not one number", s.in[1].Name)
	}
	axis, err := graph.AxisOf(v[0], len(shape))
	if err != nil {
		return nil, nil, err
	}
	const most = 1 << 12
	n := shape[axis]
	if n > most || s.in[0].DType != graph.Float32 {
		return nil, nil, fmt.Errorf("input %q %v of %v: sums are supported of floats, over %d elements", s.in[0].Name, shape, s.in[0].DType, most)
	}
	c := &chain{s: s}
	if !c.takes(n*n, graph.Float32) {
		return nil, nil, c.err
	}
	sums := &graph.Tensor{Shape: []int{n, n}, F: make([]float32, n*n)}
	for i := range n {
		for o := range n {
			if from, to := i, o; reverse && from > to || !reverse && from < to || from == to && !exclusive {
				sums.F[i*n+o] = 1
			}
		}
	}
	perm := make([]int, len(shape))
	for a := range perm {
		perm[a] = a
	}
	perm[axis], perm[len(perm)-1] = perm[len(perm)-1], perm[axis]
	y := c.do(graph.MatMul{}, c.transpose(s.ids[0], perm...), c.constant(sums))
	if axis == len(shape)-1 {
		return c.same(y)
	}
	return c.done(graph.Transpose{Perm: perm}, y)
}
