package lower

import (
	"fmt"

	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// convGradientHalo is that of the convolution.
func convGradientHalo(g *graph.Graph, n graph.Node) plan.Halo {
	return haloOfConv(n.Op.(graph.ConvGradient).Of, g.Values[n.Inputs[0]].Shape)
}

// convGradientMethod is that of the convolution, if the gradient has it too.
func convGradientMethod(g *graph.Graph, n graph.Node) plan.Method {
	op := n.Op.(graph.ConvGradient).Of
	op.Coarse = true
	switch m := methodOf(op, g.Values[n.Inputs[0]].Shape, g.Values[n.Inputs[1]].Shape); m {
	case plan.Depthwise, plan.Winograd4:
		return m
	}
	return plan.General
}

// convGradient is a sum of outer products over all pixels, for each group by itself, but for forms that are faster.
func convGradient(l *lowerer, s *plan.Step, grad graph.ConvGradient) {
	op, x, dy := grad.Of, s.Inputs[0], s.Inputs[1]
	in, out, w := l.lay(x), l.lay(dy), l.lay(s.Out())
	switch s.Method {
	case plan.Depthwise:
		l.depthwiseGradient(s, op)
		return
	case plan.Winograd4:
		l.winogradGradient(s, op)
		return
	}
	if graph.Len(out.Shape) == 0 {
		l.noProduct(s.Out())
		l.mapInPlace(s.Out(), l.epilogue(s))
		return
	}
	if !l.room(op.Group) {
		return
	}
	cg, og := in.Shape[1]/op.Group, out.Shape[1]/op.Group
	runs, runLen := convRuns(op, in, cg)
	row := []int{op.Kernel[0] * op.Kernel[1] * cg * elem, elem, op.Kernel[1] * cg * elem, cg * elem} // [O][kH][kW][C/group]
	to, direct := l.at(s.Out()), true
	for a, n := range w.Shape {
		direct = direct && (n == 1 || w.Stride[a] == row[a])
	}
	if !direct {
		to = l.temp(elem * graph.Len(w.Shape))
	}
	xs, ys := [3]int{in.Stride[0], op.Strides[0] * in.Stride[2], op.Strides[1] * in.Stride[3]}, [3]int{out.Stride[0], out.Stride[2], out.Stride[3]}
	words, block := f32.Strips(out.Shape[0], out.Shape[2], out.Shape[3], xs, ys)
	g := f32.ConvGrad{
		XPix: uint32(xs[2]), YPix: uint32(ys[2]), StripCount: len(words) / 3, Block: block,
		Strips: l.table(fmt.Sprint("strips", out.Shape, xs, ys), len(words), func(dst []uint32) { copy(dst, words) }),
		Runs:   l.offsets(runs), RunCount: len(runs), RunLen: uint32(runLen), LDC: uint32(row[0]), O: uint32(og),
	}
	origin := l.at(x) - uint32(op.Pads[0]*in.Stride[2]+op.Pads[1]*in.Stride[3])
	for i := range op.Group {
		g.X, g.Y, g.To = origin+uint32(elem*i*cg), l.at(dy)+uint32(elem*i*og), to+uint32(i*og*row[0])
		l.emit(g.Call())
	}
	if !direct {
		l.copy(l.at(s.Out()), w.Stride, to, row, w.Shape)
	}
	l.mapInPlace(s.Out(), l.epilogue(s))
}

// depthwiseGradient makes parts of the gradient, as many whatever the threads, and adds them up.
func (l *lowerer) depthwiseGradient(s *plan.Step, op graph.Conv) {
	x, dy := s.Inputs[0], s.Inputs[1]
	in, out, w := l.lay(x), l.lay(dy), l.lay(s.Out())
	c, kh, kw := in.Shape[1], op.Kernel[0], op.Kernel[1]
	d := f32.DWGrad{
		X:    l.at(x) - uint32(op.Pads[0]*in.Stride[2]+op.Pads[1]*in.Stride[3]),
		XImg: uint32(in.Stride[0]), XRow: uint32(in.Stride[2]), XPix: uint32(in.Stride[3]),
		Y: l.at(dy), YImg: uint32(out.Stride[0]), YRow: uint32(out.Stride[2]), YPix: uint32(out.Stride[3]),
		N: uint32(out.Shape[0]), OH: uint32(out.Shape[2]), OW: uint32(out.Shape[3]), C: uint32(c), KH: uint32(kh), KW: uint32(kw),
		StrideH: uint32(op.Strides[0]), StrideW: uint32(op.Strides[1]), DilH: uint32(op.Dilations[0]), DilW: uint32(op.Dilations[1]),
	}
	shape := []int{d.PartCount(), kh, kw, c}
	d.Parts = l.temp(elem * graph.Len(shape))
	l.emit(d.Call())
	l.reduceTo(f32.ReduceSum, operand{l.at(s.Out()), []int{0, w.Stride[2], w.Stride[3], w.Stride[0]}}, operand{d.Parts, plan.Strides(shape)}, shape, []int{0})
	l.mapInPlace(s.Out(), l.epilogue(s))
}
