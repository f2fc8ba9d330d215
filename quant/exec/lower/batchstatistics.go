package lower

import (
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// pixelsOf is x with its channels side by side: where it lies, or a copy.
func (l *lowerer) pixelsOf(x graph.ValueID) operand {
	lay := l.lay(x)
	if lay.ChannelsInner() {
		return l.of(x)
	}
	to := l.pixelsFor(x)
	l.copy(to.at, to.strides, l.at(x), lay.Stride, lay.Shape)
	return to
}

// pixelsFor is where to make x with its channels side by side: its own place, or scratch memory.
func (l *lowerer) pixelsFor(x graph.ValueID) operand {
	lay := l.lay(x)
	if lay.ChannelsInner() {
		return l.of(x)
	}
	strides, next := make([]int, len(lay.Shape)), elem*lay.Shape[1]
	for a := len(strides) - 1; a >= 0; a-- {
		if strides[a] = next; a != 1 {
			next *= lay.Shape[a]
		}
	}
	strides[1] = elem
	return operand{l.temp(elem * graph.Len(lay.Shape)), strides}
}

// channelSums are the sums over pixels of y - shift and of (y - shift)·(x - mean), for each channel.
func (l *lowerer) channelSums(shape []int, x, y operand, mean, shift uint32) (sums, products uint32) {
	c := shape[1]
	s := f32.ChannelSums{X: x.at, Y: y.at, Shape: shape, XStrides: x.strides, YStrides: y.strides, C: c, Mean: mean, Shift: shift}
	parts := []int{s.PartCount(), 2 * c}
	s.Parts = l.temp(elem * graph.Len(parts))
	l.emit(s.Call())
	sums = l.temp(elem * 2 * c)
	l.reduceTo(f32.ReduceSum, operand{sums, []int{0, elem}}, operand{s.Parts, plan.Strides(parts)}, parts, []int{0})
	return sums, sums + uint32(elem*c)
}

// perChannel runs a function of two vectors of a number for each channel; a stride of 0 repeats one.
func (l *lowerer) perChannel(op call.ID, to, a uint32, b operand, c int, epilogue ...call.EpilogueOp) uint32 {
	l.elements(op, vectorAt(to), vectorAt(a), b, []int{c}, epilogue...)
	return to
}

func vectorAt(at uint32) operand { return operand{at, []int{elem}} }

// batchStatistics takes the mean first, so that the variance is a sum of squares of small numbers.
func batchStatistics(l *lowerer, s *plan.Step, _ graph.BatchStatistics) {
	x, shape := l.pixelsOf(s.Inputs[0]), l.lay(s.Inputs[0]).Shape
	c := shape[1]
	none, count := l.constant(c, func([]float32) {}), l.scalar(float32(graph.Len(shape)/c), 1)
	sums, _ := l.channelSums(shape, x, x, none, none)
	mean := l.perChannel(call.F32Div, l.at(s.Outputs[0]), sums, count, c)
	_, squares := l.channelSums(shape, x, x, mean, mean)
	l.perChannel(call.F32Div, l.at(s.Outputs[1]), squares, count, c)
}

// batchNormGradient makes, with r = 1/√(var + ε) and over n pixels, dbias = Σdy, dscale = r·Σdy·(x - mean), and
// dx = scale·r·(dy - (x - mean)·r·dscale/n - dbias/n).
func batchNormGradient(l *lowerer, s *plan.Step, op graph.BatchNormalizationGradient) {
	shape := l.lay(s.Inputs[1]).Shape
	c := shape[1]
	dy, x, mean := l.pixelsOf(s.Inputs[0]), l.pixelsOf(s.Inputs[1]), l.at(s.Inputs[3])
	vector := func() uint32 { return l.temp(elem * c) }
	sums, products := l.channelSums(shape, x, dy, mean, l.constant(c, func([]float32) {}))
	r := l.perChannel(call.F32Add, vector(), l.at(s.Inputs[4]), l.scalar(op.Of.Epsilon, 1), c, f32.Sqrt())
	l.elements(call.F32Div, vectorAt(r), l.scalar(1, 1), vectorAt(r), []int{c})
	slope := l.perChannel(call.F32Mul, vector(), products, vectorAt(r), c)
	for i, from := range []uint32{slope, sums} {
		if v := s.Outputs[1+i]; v != graph.None {
			l.copy(l.at(v), l.lay(v).Stride, from, []int{elem}, []int{c})
		}
	}
	share := l.scalar(-1/float32(graph.Len(shape)/c), 1)
	a := l.perChannel(call.F32Mul, vector(), l.at(s.Inputs[2]), vectorAt(r), c)
	b := l.perChannel(call.F32Mul, vector(), slope, vectorAt(r), c)
	l.perChannel(call.F32Mul, b, b, vectorAt(a), c)
	l.perChannel(call.F32Mul, b, b, share, c)
	shift := l.perChannel(call.F32Mul, vector(), sums, vectorAt(a), c)
	l.perChannel(call.F32Mul, shift, shift, share, c)
	v := s.Outputs[0]
	to := l.pixelsFor(v)
	l.emit(f32.ChannelBlend{
		ChannelSums: f32.ChannelSums{X: x.at, Y: dy.at, Shape: shape, XStrides: x.strides, YStrides: dy.strides, C: c, Mean: mean, Shift: shift},
		To:          to.at, ToStrides: to.strides, A: a, B: b,
	}.Call())
	if !l.lay(v).ChannelsInner() {
		l.copy(l.at(v), l.lay(v).Stride, to.at, to.strides, shape)
	}
}
