package lower

import (
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// window is what slides over an image.
type window struct {
	kernel, strides, dilations, pads []int
}

func maxPool(l *lowerer, s *plan.Step, op graph.MaxPool) {
	p := l.pool(s.Inputs[0], s.Out(), window{op.Kernel, op.Strides, op.Dilations, op.Pads})
	p.Epilogue = l.epilogue(s)
	l.emit(f32.MaxPool{Pool: p}.Call())
}

// maxPoolGradient reads x, what the pool made of it and the gradient of that.
func maxPoolGradient(l *lowerer, s *plan.Step, op graph.MaxPoolGradient) {
	dx, dy := l.lay(s.Out()), l.lay(s.Inputs[2])
	p := f32.MaxPoolGrad{
		Pool: l.pool(s.Inputs[0], s.Inputs[1], window{op.Of.Kernel, op.Of.Strides, op.Of.Dilations, op.Of.Pads}),
		DX:   l.at(s.Out()), DXImg: uint32(dx.Stride[0]), DXRow: uint32(dx.Stride[2]), DXPix: uint32(dx.Stride[3]),
		DY: l.at(s.Inputs[2]), DYImg: uint32(dy.Stride[0]), DYRow: uint32(dy.Stride[2]), DYPix: uint32(dy.Stride[3]),
	}
	l.emit(p.Call())
	l.mapInPlace(s.Out(), l.epilogue(s))
}

func averagePool(l *lowerer, s *plan.Step, op graph.AveragePool) {
	p := l.pool(s.Inputs[0], s.Out(), window{op.Kernel, op.Strides, op.Dilations, op.Pads})
	p.Epilogue = l.epilogue(s)
	l.emit(f32.AvgPool{Pool: p, CountPad: op.IncludePad}.Call())
}

// pool is what slides over x to make y.
func (l *lowerer) pool(x, y graph.ValueID, w window) f32.Pool {
	in, out := l.lay(x), l.lay(y)
	return f32.Pool{
		X: l.at(x), XImg: uint32(in.Stride[0]), XRow: uint32(in.Stride[2]), XPix: uint32(in.Stride[3]),
		Y: l.at(y), YImg: uint32(out.Stride[0]), YRow: uint32(out.Stride[2]), YPix: uint32(out.Stride[3]),
		N: uint32(in.Shape[0]), H: uint32(in.Shape[2]), W: uint32(in.Shape[3]), C: uint32(in.Shape[1]),
		OH: uint32(out.Shape[2]), OW: uint32(out.Shape[3]),
		KH: uint32(w.kernel[0]), KW: uint32(w.kernel[1]), StrideH: uint32(w.strides[0]), StrideW: uint32(w.strides[1]),
		DilH: uint32(w.dilations[0]), DilW: uint32(w.dilations[1]),
		PadT: uint32(w.pads[0]), PadL: uint32(w.pads[1]), PadB: uint32(w.pads[2]), PadR: uint32(w.pads[3]),
	}
}

// integerMaxPool picks the greatest codes: greater codes are greater numbers.
func integerMaxPool(l *lowerer, s *plan.Step, op graph.MaxPool) {
	l.emit(q8.MaxPool{Pool: l.integerPool(s, window{op.Kernel, op.Strides, op.Dilations, op.Pads})}.Call())
	l.moved(s)
}

func integerAverage(l *lowerer, s *plan.Step, op graph.AveragePool) {
	l.integerMean(s, window{op.Kernel, op.Strides, op.Dilations, op.Pads}, op.IncludePad)
}

func integerGlobalAverage(l *lowerer, s *plan.Step, _ graph.GlobalAveragePool) {
	shape, one := l.lay(s.Inputs[0]).Shape, []int{1, 1}
	l.integerMean(s, window{kernel: shape[2:], strides: one, dilations: one, pads: make([]int, 4)}, false)
}

// integerMean runs a mean over windows.
func (l *lowerer) integerMean(s *plan.Step, w window, countPad bool) {
	r := l.coded(s)
	x := l.params(s.Inputs[0])
	l.emit(q8.AvgPool{
		Pool:   l.integerPool(s, w),
		XScale: x.Scale, YScale: r.q.Params.Scale[0], XZero: x.Zero, YZero: r.zero, Lo: r.lo, Hi: r.hi, CountPad: countPad,
	}.Call())
	l.translate(s, r.table)
}

func (l *lowerer) integerPool(s *plan.Step, w window) q8.Pool {
	x, y := s.Inputs[0], s.Out()
	in, out := l.lay(x), l.lay(y)
	return q8.Pool{
		Signed: l.cfg.Dot.Signed(),
		X:      l.at(x), XImg: uint32(in.Stride[0]), XRow: uint32(in.Stride[2]), XPix: uint32(in.Stride[3]),
		Y: l.at(y), YImg: uint32(out.Stride[0]), YRow: uint32(out.Stride[2]), YPix: uint32(out.Stride[3]),
		N: uint32(in.Shape[0]), H: uint32(in.Shape[2]), W: uint32(in.Shape[3]), C: uint32(in.Shape[1]),
		OH: uint32(out.Shape[2]), OW: uint32(out.Shape[3]),
		KH: uint32(w.kernel[0]), KW: uint32(w.kernel[1]), StrideH: uint32(w.strides[0]), StrideW: uint32(w.strides[1]),
		DilH: uint32(w.dilations[0]), DilW: uint32(w.dilations[1]),
		PadT: uint32(w.pads[0]), PadL: uint32(w.pads[1]), PadB: uint32(w.pads[2]), PadR: uint32(w.pads[3]),
	}
}
