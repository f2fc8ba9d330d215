package lower

import (
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// lrn runs x/(Bias + Alpha·mean)^Beta, where mean is that of x² over a window of channels, padding counted:
// an average pooling of images of one channel whose columns are the channels.
func lrn(l *lowerer, s *plan.Step, op graph.LRN) {
	x, y := s.Inputs[0], s.Out()
	in := l.lay(x)
	compact, size := plan.NewLayout(-1, in.Shape, in.Order, plan.Halo{}, elem)
	squares, means := operand{l.temp(size), compact.Stride}, operand{l.temp(size), compact.Stride}
	given := operand{l.at(x), in.Stride}
	l.elements(call.F32Mul, squares, given, given, in.Shape)
	c, space := in.Shape[1], graph.Len(in.Shape[2:])
	row, pixel := elem, elem*space // of the images, where channels are outermost
	if in.Order == plan.ChannelsLast {
		row, pixel = elem*c, elem
	}
	before := (op.Size - 1) / 2
	l.emit(f32.AvgPool{CountPad: true, Pool: f32.Pool{
		X: squares.at, XImg: uint32(elem * c * space), XRow: uint32(row), XPix: uint32(pixel),
		Y: means.at, YImg: uint32(elem * c * space), YRow: uint32(row), YPix: uint32(pixel),
		N: uint32(in.Shape[0]), H: uint32(space), W: uint32(c), C: 1, OH: uint32(space), OW: uint32(c),
		KH: 1, KW: uint32(op.Size), StrideH: 1, StrideW: 1, DilH: 1, DilW: 1,
		PadL: uint32(before), PadR: uint32(op.Size - 1 - before),
	}}.Call())
	rank := len(in.Shape)
	l.elements(call.F32Mul, means, means, l.scalar(op.Alpha, rank), in.Shape)
	l.elements(call.F32Add, means, means, l.scalar(op.Bias, rank), in.Shape)
	l.elements(call.F32Pow, means, means, l.scalar(op.Beta, rank), in.Shape)
	l.binary(y, call.F32Div, given, means, l.epilogue(s))
}
