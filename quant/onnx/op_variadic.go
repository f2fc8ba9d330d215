package onnx

import "github.com/quantscope/quantscope/quant/graph"

// several decodes an operator of any number of inputs as one of two, from the first to the last.
func several(op graph.Op) decodeFunc {
	return func(s *source) (graph.Op, []graph.ValueID, error) {
		c, v, err := s.folded(op)
		if err != nil {
			return nil, nil, err
		}
		if len(s.ids) == 1 {
			return c.same(v)
		}
		return c.done(op, v, s.ids[len(s.ids)-1])
	}
}

// folded applies op to all inputs but the last, and gives the last where it is the only one.
func (s *source) folded(op graph.Op) (*chain, graph.ValueID, error) {
	c := &chain{s: s}
	if err := s.need(max(len(s.ids), 1)); err != nil {
		return c, graph.None, err
	}
	v := s.ids[0]
	for _, w := range s.ids[1:max(len(s.ids)-1, 1)] {
		v = c.do(op, v, w)
	}
	return c, v, c.err
}

// decodeMean divides the sum by the number of inputs.
func decodeMean(s *source) (graph.Op, []graph.ValueID, error) {
	c, v, err := s.folded(graph.Add{})
	if err != nil || len(s.ids) == 1 {
		return nil, []graph.ValueID{v}, err
	}
	sum := c.do(graph.Add{}, v, s.ids[len(s.ids)-1])
	return c.done(graph.Div{}, sum, c.number(float32(len(s.ids))))
}
