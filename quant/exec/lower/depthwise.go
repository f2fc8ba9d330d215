package lower

import (
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// depthwiseGradientHalo is that of the convolution.
func depthwiseGradientHalo(g *graph.Graph, n graph.Node) plan.Halo {
	op := n.Op.(graph.DepthwiseGradient)
	return haloOfConv(graph.Conv{Kernel: op.Kernel, Strides: op.Strides, Dilations: op.Dilations, Pads: op.Pads}, g.Values[n.Inputs[0]].Shape)
}

// depthwiseGradient makes parts of the gradient, as many whatever the threads, and adds them up.
func depthwiseGradient(l *lowerer, s *plan.Step, op graph.DepthwiseGradient) {
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
