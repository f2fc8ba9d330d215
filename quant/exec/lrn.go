package exec

import (
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/graph"
)

// lrn runs x/(Bias + Alpha·mean)^Beta, where mean is that of x² over a window of channels, padding counted:
// an average pooling of images of one channel whose columns are the channels.
func (l *lowerer) lrn(s *step, op graph.LRN) {
	x, y := l.g.Nodes[s.node].Inputs[0], s.out()
	in := l.lay(x)
	compact, size := newLayout(-1, in.shape, halo{}, elem)
	squares, means := operand{l.temp(size), compact.stride}, operand{l.temp(size), compact.stride}
	given := operand{l.at(x), in.stride}
	l.elements(call.F32Mul, squares, given, given, in.shape)
	c, space := in.shape[1], graph.Len(in.shape[2:])
	row, pixel := elem, elem*space // of the images, where channels are outermost
	if len(in.shape) == 4 {
		row, pixel = elem*c, elem
	}
	before := (op.Size - 1) / 2
	l.emit(f32.AvgPool{CountPad: true, Pool: f32.Pool{
		X: squares.at, XImg: uint32(elem * c * space), XRow: uint32(row), XPix: uint32(pixel),
		Y: means.at, YImg: uint32(elem * c * space), YRow: uint32(row), YPix: uint32(pixel),
		N: uint32(in.shape[0]), H: uint32(space), W: uint32(c), C: 1, OH: uint32(space), OW: uint32(c),
		KH: 1, KW: uint32(op.Size), StrideH: 1, StrideW: 1, DilH: 1, DilW: 1,
		PadL: uint32(before), PadR: uint32(op.Size - 1 - before),
	}}.Call())
	rank := len(in.shape)
	l.elements(call.F32Mul, means, means, l.scalar(op.Alpha, rank), in.shape)
	l.elements(call.F32Add, means, means, l.scalar(op.Bias, rank), in.shape)
	l.elements(call.F32Pow, means, means, l.scalar(op.Beta, rank), in.shape)
	l.binary(y, call.F32Div, given, means, l.posts(s))
}
