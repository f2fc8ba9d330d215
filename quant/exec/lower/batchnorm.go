package lower

import (
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// norm runs a BatchNormalization whose channels are not innermost in storage order or whose parameters
// are computed while running: (x - mean)·(scale/sqrt(var + epsilon)) + bias, by broadcasting.
func norm(l *lowerer, s *plan.Step, op graph.BatchNormalization) {
	x, y := s.Inputs[0], s.Out()
	along := make([]int, len(l.g.Values[x].Shape))
	along[1] = elem
	param := func(i int) operand { return operand{l.at(s.Inputs[i]), along} }
	c := l.g.Values[x].Shape[1]
	factor := operand{l.temp(elem * c), along}
	epsilon := l.constant(1, func(dst []float32) { dst[0] = op.Epsilon })
	l.emit(f32.Binary{Op: call.F32Add, A: l.at(s.Inputs[4]), B: epsilon, Y: factor.at, Shape: []int{c},
		AStrides: []int{elem}, BStrides: []int{0}, YStrides: []int{elem}, Lo: unbounded[0], Hi: unbounded[1], C: 1,
		Epilogue: []call.EpilogueOp{f32.Sqrt()}}.Call())
	l.emit(f32.Binary{Op: call.F32Div, A: l.at(s.Inputs[1]), B: factor.at, Y: factor.at, Shape: []int{c},
		AStrides: []int{elem}, BStrides: []int{elem}, YStrides: []int{elem}, Lo: unbounded[0], Hi: unbounded[1], C: 1}.Call())
	if l.lay(x).ChannelsInner() && l.lay(y).ChannelsInner() { // one pass: x·factor + (bias - mean·factor)
		shift := l.perChannel(call.F32Mul, l.temp(elem*c), l.at(s.Inputs[3]), vectorAt(factor.at), c)
		l.elements(call.F32Sub, vectorAt(shift), vectorAt(l.at(s.Inputs[2])), vectorAt(shift), []int{c})
		l.mapTo(y, l.of(x), append([]call.EpilogueOp{f32.Affine(factor.at, shift, c)}, l.epilogue(s)...))
		return
	}
	own := l.of(y)
	l.binary(y, call.F32Sub, l.of(x), param(3), nil)
	l.binary(y, call.F32Mul, own, factor, nil)
	l.binary(y, call.F32Add, own, param(2), l.epilogue(s))
}

func normFits(p *plan.Plan, n graph.Node) bool {
	return p.ChannelsInner(n.Inputs[0]) && plan.Constant(p.Graph, n.Inputs[1:])
}

func normOp(l *lowerer, n graph.Node) call.EpilogueOp {
	f, shift := plan.NormFactors(l.g, n)
	scale := l.constant(len(f), func(dst []float32) { copy(dst, f) })
	return f32.Affine(scale, l.constant(len(f), func(dst []float32) { copy(dst, shift) }), len(f))
}
