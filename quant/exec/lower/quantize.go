package lower

import (
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// quantize runs a QuantizeLinear with a scale for each channel, or one that is computed while running:
// nearest(x/scale), then the zero point, then the limits, as the epilogue function for a single scale does.
func quantize(l *lowerer, s *plan.Step, op graph.QuantizeLinear) {
	x, y := s.Inputs[0], s.Out()
	rank := len(l.lay(x).Shape)
	lo, hi := op.To.Range()
	round := f32.Quantize(1, 0, unbounded[0], unbounded[1])
	epilogue := append([]call.EpilogueOp{f32.Clamp(float32(lo), float32(hi))}, l.epilogue(s)...)
	given, scale := l.of(x), l.along(s.Inputs[1], op.Axis, rank)
	if len(s.Inputs) < 3 || s.Inputs[2] == graph.None {
		l.binary(y, call.F32Div, given, scale, append([]call.EpilogueOp{round}, epilogue...))
		return
	}
	l.binary(y, call.F32Div, given, scale, []call.EpilogueOp{round})
	l.binary(y, call.F32Add, l.of(y), l.along(s.Inputs[2], op.Axis, rank), epilogue)
}

// dequantize runs a DequantizeLinear with a scale for each channel, or one that is computed while running.
func dequantize(l *lowerer, s *plan.Step, op graph.DequantizeLinear) {
	x, y := s.Inputs[0], s.Out()
	rank := len(l.lay(x).Shape)
	from := l.of(x)
	if len(s.Inputs) > 2 && s.Inputs[2] != graph.None {
		own := l.of(y)
		l.binary(y, call.F32Sub, from, l.along(s.Inputs[2], op.Axis, rank), nil)
		from = own
	}
	l.binary(y, call.F32Mul, from, l.along(s.Inputs[1], op.Axis, rank), l.epilogue(s))
}

// copied runs a FakeQuantize whose input something else reads unrounded: its output has the quantizer.
func copied(l *lowerer, s *plan.Step, _ graph.FakeQuantize) {
	l.mapTo(s.Out(), l.of(s.Inputs[0]), l.epilogue(s))
}

// oneScale reports whether node n, a QuantizeLinear or its reverse, has one constant scale for all.
func oneScale(p *plan.Plan, n graph.Node) bool {
	return graph.Len(p.Graph.Values[n.Inputs[1]].Shape) == 1 && plan.Constant(p.Graph, n.Inputs[1:])
}

func quantizeOp(l *lowerer, n graph.Node) call.EpilogueOp {
	lo, hi := n.Op.(graph.QuantizeLinear).To.Range()
	return f32.Quantize(l.g.Values[n.Inputs[1]].Const.F[0], l.zeroPoint(n), float32(lo), float32(hi))
}

func dequantizeOp(l *lowerer, n graph.Node) call.EpilogueOp {
	return f32.Dequantize(l.g.Values[n.Inputs[1]].Const.F[0], l.zeroPoint(n))
}

func (l *lowerer) zeroPoint(n graph.Node) float32 {
	if len(n.Inputs) < 3 || n.Inputs[2] == graph.None {
		return 0
	}
	return float32(l.g.Values[n.Inputs[2]].Const.I[0])
}
