package exec

import (
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/graph"
)

// quantize runs a QuantizeLinear with a scale for each channel, or one that is computed while running:
// nearest(x/scale), then the zero point, then the limits, as the post for a single scale does.
func (l *lowerer) quantize(s *step, n graph.Node, op graph.QuantizeLinear) {
	if elementwise(l.g, n) {
		l.pointwise(s, n)
		return
	}
	x, y := n.Inputs[0], s.out()
	rank := len(l.lay(x).shape)
	lo, hi := op.To.Range()
	round := f32.Quantize(1, 0, unbounded[0], unbounded[1])
	posts := append([]f32.Post{f32.Clamp(float32(lo), float32(hi))}, l.posts(s)...)
	given, scale := operand{l.at(x), l.lay(x).stride}, l.along(n.Inputs[1], op.Axis, rank)
	if len(n.Inputs) < 3 || n.Inputs[2] == graph.None {
		l.binary(y, call.F32Div, given, scale, append([]f32.Post{round}, posts...))
		return
	}
	l.binary(y, call.F32Div, given, scale, []f32.Post{round})
	l.binary(y, call.F32Add, operand{l.at(y), l.lay(y).stride}, l.along(n.Inputs[2], op.Axis, rank), posts)
}

// dequantize runs a DequantizeLinear with a scale for each channel, or one that is computed while running.
func (l *lowerer) dequantize(s *step, n graph.Node, op graph.DequantizeLinear) {
	if elementwise(l.g, n) {
		l.pointwise(s, n)
		return
	}
	x, y := n.Inputs[0], s.out()
	rank := len(l.lay(x).shape)
	from := operand{l.at(x), l.lay(x).stride}
	if len(n.Inputs) > 2 && n.Inputs[2] != graph.None {
		own := operand{l.at(y), l.lay(y).stride}
		l.binary(y, call.F32Sub, from, l.along(n.Inputs[2], op.Axis, rank), nil)
		from = own
	}
	l.binary(y, call.F32Mul, from, l.along(n.Inputs[1], op.Axis, rank), l.posts(s))
}
