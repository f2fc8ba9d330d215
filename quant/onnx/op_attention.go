package onnx

import (
	"errors"
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/graph"
)

// decodeAttention spells attention out: softmax(Q·Kᵀ·scale + mask)·V for each head. Inputs are [batch, heads,
// length, size] or, with the heads side by side, [batch, length, heads·size]; several heads of Q may share one of K
// and V.
func decodeAttention(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(3); err != nil {
		return nil, nil, err
	}
	if graph.Present(s.in, 6) {
		return nil, nil, errors.New("keys of different lengths, input nonpad_kv_seqlen, are not supported: give the network a mask")
	}
	causal, scale, capped := s.flag("is_causal", false), s.float("scale", 0), s.float("softcap", 0)
	heads := []int{s.number("q_num_heads", 0, 0, graph.MaxElements), s.number("kv_num_heads", 0, 0, graph.MaxElements)}
	stage := s.number("qk_matmul_output_mode", 0, 0, 3)
	s.number("softmax_precision", 1, 0, 1<<10) // float32 it is
	if s.err != nil {
		return nil, nil, s.err
	}
	c := &chain{s: s}
	flat := len(s.in[0].Shape) == 3
	var in [3]graph.ValueID
	for i := range in {
		x, n := s.in[i].Shape, heads[min(i, 1)]
		switch {
		case len(x) == 4 && !flat:
			in[i] = s.ids[i]
		case len(x) == 3 && flat && n > 0 && x[2]%n == 0:
			in[i] = c.transpose(c.reshape(s.ids[i], x[0], x[1], n, x[2]/n), 0, 2, 1, 3)
		default:
			return nil, nil, graph.Misfit("input %q %v does not fit %d heads", s.in[i].Name, x, n)
		}
	}
	past := 0
	for i := 1; i < 3; i++ { // what was there before, and what will be
		if graph.Present(s.in, 3+i) {
			before := in[i]
			in[i] = c.do(graph.Concat{Axis: 2}, s.ids[3+i], in[i])
			if c.err == nil {
				past = c.shape(in[i])[2] - c.shape(before)[2]
			}
		}
		s.also(i, in[i])
	}
	q, k := c.shape(in[0]), c.shape(in[1])
	if c.err != nil {
		return nil, nil, c.err
	}
	if k[1] == 0 || q[1]%k[1] != 0 || q[3] == 0 {
		return nil, nil, graph.Misfit("%d heads of queries do not share %d of keys", q[1], k[1])
	}
	for i := 1; i < 3 && q[1] != k[1]; i++ { // each head of K and V for several of Q
		x := c.shape(in[i])
		if c.err != nil {
			return nil, nil, c.err
		}
		more := c.do(graph.Expand{Shape: []int{x[0], x[1], q[1] / k[1], x[2], x[3]}}, c.reshape(in[i], x[0], x[1], 1, x[2], x[3]))
		in[i] = c.reshape(more, x[0], q[1], x[2], x[3])
	}
	if scale == 0 {
		scale = float32(1 / math.Sqrt(float64(q[3])))
	}
	scores := c.do(graph.Mul{}, c.do(graph.MatMul{}, in[0], c.transpose(in[1], 0, 1, 3, 2)), c.number(scale))
	stages := []graph.ValueID{scores, scores, scores, scores} // products, masked, capped, after Softmax
	if capped != 0 {
		scores = c.do(graph.Mul{}, c.do(graph.Tanh{}, c.do(graph.Div{}, scores, c.number(capped))), c.number(capped))
	}
	stages[2] = scores
	never := c.number(float32(math.Inf(-1)))
	if causal && q[2]*k[2] > mostMask {
		return nil, nil, fmt.Errorf("%d queries and %d keys need a mask of over %d elements", q[2], k[2], mostMask)
	}
	if causal {
		kept := &graph.Tensor{DType: graph.Bool, Shape: []int{q[2], k[2]}, I: make([]int64, q[2]*k[2])}
		for i := range kept.I {
			if i%k[2] <= i/k[2]+past {
				kept.I[i] = 1
			}
		}
		scores = c.do(graph.Where{}, c.constant(kept), scores, never)
	}
	if graph.Present(s.in, 3) {
		if s.in[3].DType == graph.Bool {
			scores = c.do(graph.Where{}, s.ids[3], scores, never)
		} else {
			scores = c.do(graph.Add{}, scores, s.ids[3])
		}
	}
	stages[1], stages[3] = scores, c.do(graph.Softmax{Axis: 3}, scores)
	s.also(3, stages[stage])
	y := c.do(graph.MatMul{}, stages[3], in[2])
	if !flat || c.err != nil {
		return c.same(y)
	}
	shape := c.shape(y)
	if len(s.node.Outputs) > 1 {
		return c.same(c.do(graph.Reshape{Shape: []int{shape[0], shape[2], shape[1] * shape[3]}}, c.transpose(y, 0, 2, 1, 3)))
	}
	return c.done(graph.Reshape{Shape: []int{shape[0], shape[2], shape[1] * shape[3]}}, c.transpose(y, 0, 2, 1, 3))
}
