package onnx

import (
	"errors"

	"github.com/quantscope/quantscope/quant/graph"
)

// decodeLpPool spells the norm of a window out, in which padding counts as 0.
func decodeLpPool(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	w := s.window(nil, s.opset >= 18)
	s.autoPad(&w)
	p := s.number("p", 2, 1, 1<<10)
	if s.opset >= 18 && s.flag("ceil_mode", false) {
		s.fail(errors.New("ceil_mode is not supported"))
	}
	if s.err != nil {
		return nil, nil, s.err
	}
	c := &chain{s: s}
	mean := c.do(graph.AveragePool{Kernel: w.kernel, Strides: w.strides, Dilations: w.dilations, Pads: w.pads, IncludePad: true}, c.power(s.ids[0], p))
	return c.root(c.do(graph.Mul{}, mean, c.number(float32(graph.Len(w.kernel)))), p)
}

// decodeGlobalLpPool is the norm of each channel.
func decodeGlobalLpPool(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	p := s.number("p", 2, 1, 1<<10)
	var axes []int
	for a := 2; a < len(s.in[0].Shape); a++ {
		axes = append(axes, a)
	}
	if len(axes) == 0 {
		return nil, nil, errors.New("its input has no axes of space")
	}
	c := &chain{s: s}
	return c.root(c.do(graph.ReduceSum{Axes: axes, KeepDims: true}, c.power(s.ids[0], p)), p)
}

// power is |x|^p.
func (c *chain) power(x graph.ValueID, p int) graph.ValueID {
	if p == 2 {
		return c.do(graph.Mul{}, x, x)
	}
	x = c.do(graph.Abs{}, x)
	if p == 1 {
		return x
	}
	return c.do(graph.Pow{}, x, c.number(float32(p)))
}

// root ends a decoder with the p-th root of x.
func (c *chain) root(x graph.ValueID, p int) (graph.Op, []graph.ValueID, error) {
	switch p {
	case 1:
		return c.same(x)
	case 2:
		return c.done(graph.Sqrt{}, x)
	}
	return c.done(graph.Pow{}, x, c.number(1/float32(p)))
}
