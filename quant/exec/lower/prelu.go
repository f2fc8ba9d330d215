package lower

import (
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// prelu runs a PRelu with any slope that broadcasts: max(x, 0) + slope·min(x, 0).
func prelu(l *lowerer, s *plan.Step, _ graph.PRelu) {
	x, y := s.Inputs[0], s.Out()
	lay := l.lay(x)
	negative := operand{l.temp(elem * graph.Len(lay.Shape)), plan.Strides(lay.Shape)}
	l.emit(f32.Map{X: l.at(x), Y: negative.at, Shape: lay.Shape, XStrides: lay.Stride, YStrides: negative.strides, C: 1,
		Epilogue: []call.EpilogueOp{f32.Clamp(unbounded[0], 0)}}.Call())
	l.binary(y, call.F32Mul, negative, l.broadcast(s.Inputs[1], lay.Shape), nil)
	l.emit(f32.Map{X: l.at(x), Y: negative.at, Shape: lay.Shape, XStrides: lay.Stride, YStrides: negative.strides, C: 1,
		Epilogue: []call.EpilogueOp{f32.Relu()}}.Call())
	l.binary(y, call.F32Add, negative, l.of(y), l.epilogue(s))
}

func preluFits(p *plan.Plan, n graph.Node) bool {
	_, ok := slopes(p, n)
	return ok
}

func preluOp(l *lowerer, n graph.Node) call.EpilogueOp {
	slope, _ := slopes(l.plan, n)
	return f32.PRelu(l.constant(len(slope), func(dst []float32) { copy(dst, slope) }), len(slope))
}

// slopes gives the slope of a PRelu for each channel, if it has one per channel or one in all.
func slopes(p *plan.Plan, n graph.Node) ([]float32, bool) {
	slope, x := p.Graph.Values[n.Inputs[1]], p.Graph.Values[n.Inputs[0]].Shape
	if slope.Const == nil || !p.ChannelsInner(n.Inputs[0]) {
		return nil, false
	}
	per := make([]float32, x[1])
	switch k := len(x) - 1; {
	case len(slope.Const.F) == 1:
		for i := range per {
			per[i] = slope.Const.F[0]
		}
	case len(slope.Shape) >= k && len(slope.Const.F) == x[1] && slope.Shape[len(slope.Shape)-k] == x[1]:
		copy(per, slope.Const.F)
	default:
		return nil, false
	}
	return per, true
}
