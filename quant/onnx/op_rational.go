package onnx

import "github.com/quantscope/quantscope/quant/graph"

// Activations that a few operators spell out are these operators.

// input begins a decoder of an operator of one input.
func (s *source) input() (*chain, graph.ValueID, error) {
	if err := graph.Arity(s.in, 1, 1); err != nil {
		return nil, graph.None, err
	}
	return &chain{s: s}, s.ids[0], nil
}

// decodeReciprocal is 1/x.
func decodeReciprocal(s *source) (graph.Op, []graph.ValueID, error) {
	c, x, err := s.input()
	if err != nil {
		return nil, nil, err
	}
	return c.done(graph.Div{}, c.number(1), x)
}

// decodeSoftsign is x/(1 + |x|).
func decodeSoftsign(s *source) (graph.Op, []graph.ValueID, error) {
	c, x, err := s.input()
	if err != nil {
		return nil, nil, err
	}
	return c.done(graph.Div{}, x, c.do(graph.Add{}, c.do(graph.Abs{}, x), c.number(1)))
}

// decodeSelu is gamma times Elu.
func decodeSelu(s *source) (graph.Op, []graph.ValueID, error) {
	c, x, err := s.input()
	if err != nil {
		return nil, nil, err
	}
	alpha, gamma := s.float("alpha", 1.67326319217681884765625), s.float("gamma", 1.05070102214813232421875)
	return c.done(graph.Mul{}, c.do(graph.Elu{Alpha: alpha}, x), c.number(gamma))
}

// decodeCelu is alpha·Elu(x/alpha).
func decodeCelu(s *source) (graph.Op, []graph.ValueID, error) {
	c, x, err := s.input()
	if err != nil {
		return nil, nil, err
	}
	alpha := s.float("alpha", 1)
	if alpha == 1 {
		return c.done(graph.Elu{Alpha: 1}, x)
	}
	return c.done(graph.Mul{}, c.do(graph.Elu{Alpha: 1}, c.do(graph.Div{}, x, c.number(alpha))), c.number(alpha))
}

// decodeThresholdedRelu is x where x > alpha, else 0.
func decodeThresholdedRelu(s *source) (graph.Op, []graph.ValueID, error) {
	c, x, err := s.input()
	if err != nil {
		return nil, nil, err
	}
	return c.done(graph.Where{}, c.do(graph.Greater{}, x, c.number(s.float("alpha", 1))), x, c.number(0))
}

// decodeQuickGelu is x·sigmoid(alpha·x), QuickGelu of ONNX Runtime.
func decodeQuickGelu(s *source) (graph.Op, []graph.ValueID, error) {
	c, x, err := s.input()
	if err != nil {
		return nil, nil, err
	}
	alpha := s.float("alpha", 1.702)
	return c.done(graph.Mul{}, x, c.do(graph.Sigmoid{}, c.do(graph.Mul{}, x, c.number(alpha))))
}

// biased is an operator of x + bias.
func biased(op graph.Op) decodeFunc {
	return func(s *source) (graph.Op, []graph.ValueID, error) {
		if err := s.need(1); err != nil {
			return nil, nil, err
		}
		c, x := &chain{s: s}, s.ids[0]
		if graph.Present(s.in, 1) {
			x = c.do(graph.Add{}, x, s.ids[1])
		}
		return c.done(op, x)
	}
}

// decodeLogSoftmax is x - max - log(sum(e^(x - max))), which no exponential makes zero.
func decodeLogSoftmax(s *source) (graph.Op, []graph.ValueID, error) {
	c, x, err := s.input()
	if err != nil {
		return nil, nil, err
	}
	shape := s.in[0].Shape
	from, to := 0, 0
	if s.opset >= 13 {
		from = s.axis("axis", -1, len(shape))
		to = from + 1
	} else {
		from, to = s.axis("axis", 1, len(shape)), len(shape)
	}
	var axes []int
	for a := from; a < to; a++ {
		axes = append(axes, a)
	}
	shifted := c.do(graph.Sub{}, x, c.do(graph.ReduceMax{Axes: axes, KeepDims: true}, x))
	sum := c.do(graph.ReduceSum{Axes: axes, KeepDims: true}, c.do(graph.Exp{}, shifted))
	return c.done(graph.Sub{}, shifted, c.do(graph.Log{}, sum))
}
