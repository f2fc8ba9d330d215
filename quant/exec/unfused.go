package exec

import (
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/graph"
)

// norm runs a BatchNormalization whose channels are not innermost in storage order or whose parameters
// are computed while running: (x - mean)·(scale/sqrt(var + epsilon)) + bias, by broadcasting.
func (l *lowerer) norm(s *step, n graph.Node, op graph.BatchNormalization) {
	if elementwise(l.g, n) {
		l.pointwise(s, n)
		return
	}
	x, y := n.Inputs[0], s.out()
	along := make([]int, len(l.g.Values[x].Shape))
	along[1] = elem
	param := func(i int) operand { return operand{l.at(n.Inputs[i]), along} }
	c := l.g.Values[x].Shape[1]
	factor := operand{l.temp(elem * c), along}
	epsilon := l.constant(1, func(dst []float32) { dst[0] = op.Epsilon })
	l.emit(f32.Binary{Op: call.F32Add, A: l.at(n.Inputs[4]), B: epsilon, Y: factor.at, Shape: []int{c},
		AStrides: []int{elem}, BStrides: []int{0}, YStrides: []int{elem}, Lo: unbounded[0], Hi: unbounded[1], C: 1,
		Post: []f32.Post{f32.Sqrt()}}.Call())
	l.emit(f32.Binary{Op: call.F32Div, A: l.at(n.Inputs[1]), B: factor.at, Y: factor.at, Shape: []int{c},
		AStrides: []int{elem}, BStrides: []int{elem}, YStrides: []int{elem}, Lo: unbounded[0], Hi: unbounded[1], C: 1}.Call())
	own := operand{l.at(y), l.lay(y).stride}
	l.binary(y, call.F32Sub, operand{l.at(x), l.lay(x).stride}, param(3), nil)
	l.binary(y, call.F32Mul, own, factor, nil)
	l.binary(y, call.F32Add, own, param(2), l.posts(s))
}

// prelu runs a PRelu with any slope that broadcasts: max(x, 0) + slope·min(x, 0).
func (l *lowerer) prelu(s *step, n graph.Node) {
	if elementwise(l.g, n) {
		l.pointwise(s, n)
		return
	}
	x, y := n.Inputs[0], s.out()
	lay := l.lay(x)
	negative := operand{l.temp(elem * graph.Len(lay.shape)), denseStrides(lay.shape)}
	l.emit(f32.Map{X: l.at(x), Y: negative.at, Shape: lay.shape, XStrides: lay.stride, YStrides: negative.strides, C: 1,
		Post: []f32.Post{f32.Clamp(unbounded[0], 0)}}.Call())
	l.binary(y, call.F32Mul, negative, operand{l.at(n.Inputs[1]), l.strides(n.Inputs[1], lay.shape)}, nil)
	l.emit(f32.Map{X: l.at(x), Y: negative.at, Shape: lay.shape, XStrides: lay.stride, YStrides: negative.strides, C: 1,
		Post: []f32.Post{f32.Relu()}}.Call())
	l.binary(y, call.F32Add, negative, operand{l.at(y), l.lay(y).stride}, l.posts(s))
}
