package exec

import (
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/graph"
)

func (l *lowerer) maxPool(s *step, op graph.MaxPool) {
	p := l.pool(s, op.Kernel, op.Strides, op.Dilations, op.Pads)
	l.emit(f32.MaxPool{Pool: p}.Call())
}

func (l *lowerer) averagePool(s *step, op graph.AveragePool) {
	p := l.pool(s, op.Kernel, op.Strides, op.Dilations, op.Pads)
	l.emit(f32.AvgPool{Pool: p, CountPad: op.IncludePad}.Call())
}

func (l *lowerer) pool(s *step, kernel, strides, dilations [2]int, pads [4]int) f32.Pool {
	x, y := l.g.Nodes[s.node].Inputs[0], s.out()
	in, out := l.lay(x), l.lay(y)
	return f32.Pool{
		X: l.at(x), XImg: uint32(in.stride[0]), XRow: uint32(in.stride[2]), XPix: uint32(in.stride[3]),
		Y: l.at(y), YImg: uint32(out.stride[0]), YRow: uint32(out.stride[2]), YPix: uint32(out.stride[3]),
		N: uint32(in.shape[0]), H: uint32(in.shape[2]), W: uint32(in.shape[3]), C: uint32(in.shape[1]),
		OH: uint32(out.shape[2]), OW: uint32(out.shape[3]),
		KH: uint32(kernel[0]), KW: uint32(kernel[1]), StrideH: uint32(strides[0]), StrideW: uint32(strides[1]),
		DilH: uint32(dilations[0]), DilW: uint32(dilations[1]),
		PadT: uint32(pads[0]), PadL: uint32(pads[1]), PadB: uint32(pads[2]), PadR: uint32(pads[3]),
		Post: l.posts(s),
	}
}
