package onnx

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// Normalizations that others make up.

// decodeGroupNormalization normalizes each group of channels as a channel of its own, and scales channels.
// Before opset 21 scale and bias are one for each group.
func decodeGroupNormalization(s *source) (graph.Op, []graph.ValueID, error) {
	if err := graph.Arity(s.in, 3, 3); err != nil {
		return nil, nil, err
	}
	x := s.in[0].Shape
	groups, epsilon := s.number("num_groups", 0, 1, graph.MaxElements), s.float("epsilon", 1e-5)
	if s.opset >= 21 {
		s.number("stash_type", 1, 0, 1<<10) // float32 it is
	}
	switch {
	case s.err != nil:
		return nil, nil, s.err
	case len(x) < 2 || groups == 0 || x[1]%groups != 0:
		return nil, nil, graph.Misfit("num_groups %d does not divide the channels of input %q %v", groups, s.in[0].Name, x)
	}
	c := &chain{s: s}
	ones := slices.Repeat([]float32{1}, groups)
	inner := graph.Len(x[2:]) * (x[1] / groups)
	flat := c.reshape(s.ids[0], x[0], groups, inner)
	y := c.do(graph.InstanceNormalization{Epsilon: epsilon}, flat, c.constant(&graph.Tensor{Shape: []int{groups}, F: ones}),
		c.constant(&graph.Tensor{Shape: []int{groups}, F: make([]float32, groups)}))
	scaled := slices.Repeat([]int{1}, len(x)-1)
	if s.opset >= 21 {
		y = c.reshape(y, x...)
		scaled[0] = x[1]
	} else {
		scaled = []int{groups, 1}
	}
	y = c.do(graph.Add{}, c.do(graph.Mul{}, y, c.reshape(s.ids[1], scaled...)), c.reshape(s.ids[2], scaled...))
	return c.done(graph.Reshape{Shape: x}, y)
}

// decodeLpNormalization divides by the sum of magnitudes, or by the root of the sum of squares, along an axis;
// of zeros alone it is 0.
func decodeLpNormalization(s *source) (graph.Op, []graph.ValueID, error) {
	c, x, err := s.input()
	if err != nil {
		return nil, nil, err
	}
	axes := []int{s.axis("axis", -1, len(s.in[0].Shape))}
	p := s.number("p", 2, 1, 2)
	if s.err != nil {
		return nil, nil, s.err
	}
	var norm graph.ValueID
	if p == 1 {
		norm = c.do(graph.ReduceSum{Axes: axes, KeepDims: true}, c.do(graph.Abs{}, x))
	} else {
		norm = c.do(graph.Sqrt{}, c.do(graph.ReduceSum{Axes: axes, KeepDims: true}, c.do(graph.Mul{}, x, x)))
	}
	none := c.do(graph.Equal{}, norm, c.number(0))
	return c.done(graph.Div{}, x, c.do(graph.Where{}, none, c.number(1), norm))
}

// decodeRMSNormalization is x/√(mean of squares + epsilon)·scale, over the axes from one on.
func decodeRMSNormalization(s *source) (graph.Op, []graph.ValueID, error) {
	if err := graph.Arity(s.in, 2, 2); err != nil {
		return nil, nil, err
	}
	c, x := &chain{s: s}, s.ids[0]
	var axes []int
	for a := s.axis("axis", -1, len(s.in[0].Shape)); a < len(s.in[0].Shape); a++ {
		axes = append(axes, a)
	}
	epsilon := s.float("epsilon", 1e-5)
	s.number("stash_type", 1, 0, 1<<10) // float32 it is
	mean := c.do(graph.ReduceMean{Axes: axes, KeepDims: true}, c.do(graph.Mul{}, x, x))
	root := c.do(graph.Sqrt{}, c.do(graph.Add{}, mean, c.number(epsilon)))
	return c.done(graph.Mul{}, c.do(graph.Div{}, x, root), s.ids[1])
}

// decodeMeanVarianceNormalization is (x - mean)/(deviation + 1e-9).
func decodeMeanVarianceNormalization(s *source) (graph.Op, []graph.ValueID, error) {
	c, x, err := s.input()
	if err != nil {
		return nil, nil, err
	}
	axes, ok := s.axes(1, graph.MaxElements, len(s.in[0].Shape))
	if !ok && s.err == nil {
		axes = []int{0, 2, 3}
		if len(s.in[0].Shape) != 4 {
			return nil, nil, graph.Misfit("input %q %v has no axes 0, 2 and 3 to normalize over", s.in[0].Name, s.in[0].Shape)
		}
	}
	centred := c.do(graph.Sub{}, x, c.do(graph.ReduceMean{Axes: axes, KeepDims: true}, x))
	variance := c.do(graph.ReduceMean{Axes: axes, KeepDims: true}, c.do(graph.Mul{}, centred, centred))
	return c.done(graph.Div{}, centred, c.do(graph.Add{}, c.do(graph.Sqrt{}, variance), c.number(1e-9)))
}
