package exec

import (
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/graph"
)

// arithmetic runs an operator of two operands that broadcast.
func (l *lowerer) arithmetic(s *step, op call.ID) {
	n := l.g.Nodes[s.node]
	shape := l.lay(s.out()).shape
	l.binary(s.out(), op, operand{l.at(n.Inputs[0]), l.strides(n.Inputs[0], shape)}, operand{l.at(n.Inputs[1]), l.strides(n.Inputs[1], shape)}, l.posts(s))
}

// operand is where the elements of one side of a binary operation lie, broadcast to the result.
type operand struct {
	at      uint32
	strides []int // bytes
}

// binary makes y of a and b.
func (l *lowerer) binary(y graph.ValueID, op call.ID, a, b operand, posts []f32.Post) {
	lay := l.lay(y)
	if graph.Len(lay.shape) == 0 {
		return
	}
	c := f32.Binary{
		Op: op, A: a.at, B: b.at, Y: l.at(y), Shape: lay.shape,
		AStrides: a.strides, BStrides: b.strides, YStrides: lay.stride,
		Lo: unbounded[0], Hi: unbounded[1], C: channels(lay.shape),
	}
	c.Post = l.inlineClamp(&c.Lo, &c.Hi, posts)
	l.emit(c.Call())
}

// channels is the length of the innermost dimension in storage order where that is the channels, by
// which posts with a parameter for each channel count; else 1.
func channels(shape []int) int {
	if channelsInner(shape) {
		return shape[1]
	}
	return 1
}
