package onnx

import (
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/graph"
)

// Operators into which ONNX Runtime fuses several, in files that its optimizer saved.

// decodeFusedConv is a convolution with a sum and an activation behind it.
func decodeFusedConv(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	conv := *s
	conv.ids, conv.in = s.ids[:min(3, len(s.ids))], s.in[:min(3, len(s.in))]
	op, ids, err := decodeConv(&conv)
	if err != nil {
		return nil, nil, err
	}
	activation, err := s.activation()
	if err != nil {
		return nil, nil, err
	}
	c := &chain{s: s}
	if graph.Present(s.in, 3) {
		op, ids = graph.Add{}, []graph.ValueID{c.do(op, ids...), s.ids[3]}
	}
	if activation == nil {
		return c.done(op, ids...)
	}
	return c.done(activation, c.do(op, ids...))
}

// activation is what a fused operator names, nil for none.
func (s *source) activation() (graph.Op, error) {
	var p []float32
	if a := s.attr("activation_params", AttrFloats); a != nil {
		p = a.Floats
	}
	number := func(i int, otherwise float32) float32 {
		if i < len(p) {
			return p[i]
		}
		return otherwise
	}
	switch name := s.text("activation", ""); name {
	case "":
		return nil, s.err
	case "Relu":
		return graph.Relu{}, s.err
	case "Sigmoid":
		return graph.Sigmoid{}, s.err
	case "Tanh":
		return graph.Tanh{}, s.err
	case "LeakyRelu":
		return graph.LeakyRelu{Alpha: number(0, 0.01)}, s.err
	case "HardSigmoid":
		return graph.HardSigmoid{Alpha: number(0, 0.2), Beta: number(1, 0.5)}, s.err
	case "Clip":
		return graph.Clip{Lo: number(0, -math.MaxFloat32), Hi: number(1, math.MaxFloat32)}, s.err
	default:
		return nil, fmt.Errorf("activation %.40q is not supported", name)
	}
}

// decodeFusedMatMul is alpha·A'·B', A' and B' being A and B or, of their last two axes, the transposes.
func decodeFusedMatMul(s *source) (graph.Op, []graph.ValueID, error) {
	if err := graph.Arity(s.in, 2, 2); err != nil {
		return nil, nil, err
	}
	c := &chain{s: s}
	in := make([]graph.ValueID, 2)
	for i, name := range []string{"transA", "transB"} {
		rank := len(s.in[i].Shape)
		perm := make([]int, rank)
		for a := range perm {
			perm[a] = a
		}
		if s.flag(name, false) && rank > 1 {
			perm[rank-1], perm[rank-2] = rank-2, rank-1
		}
		if s.flag("transBatch"+name[5:], false) {
			return nil, nil, fmt.Errorf("attribute %q is not supported", "transBatch"+name[5:])
		}
		in[i] = c.transpose(s.ids[i], perm...)
	}
	if alpha := s.float("alpha", 1); alpha != 1 {
		return c.done(graph.Mul{}, c.do(graph.MatMul{}, in...), c.number(alpha))
	}
	return c.done(graph.MatMul{}, in...)
}

// decodeSkipLayerNormalization normalizes the sum of two inputs and a bias; the sum is output 3.
func decodeSkipLayerNormalization(s *source) (graph.Op, []graph.ValueID, error) {
	if err := graph.Arity(s.in[:min(len(s.in), 3)], 3, 3); err != nil {
		return nil, nil, err
	}
	c := &chain{s: s}
	sum := c.do(graph.Add{}, s.ids[0], s.ids[1])
	if graph.Present(s.in, 4) {
		sum = c.do(graph.Add{}, sum, s.ids[4])
	}
	s.also(3, sum)
	in := []graph.ValueID{sum, s.ids[2]}
	if graph.Present(s.in, 3) {
		in = append(in, s.ids[3])
	}
	axis := len(s.in[0].Shape) - 1
	y := c.do(graph.LayerNormalization{Axis: axis, Epsilon: s.float("epsilon", 1e-12)}, in...)
	return c.same(y)
}
