package lower

import (
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

func maxPool(l *lowerer, s *plan.Step, op graph.MaxPool) {
	p := l.pool(s.Inputs[0], s.Out(), op.Window())
	p.Epilogue = l.epilogue(s)
	l.emit(f32.MaxPool{Pool: p}.Call())
}

// maxPoolGradient reads x, what the pool made of it and the gradient of that.
func maxPoolGradient(l *lowerer, s *plan.Step, op graph.MaxPoolGradient) {
	dx, dy := l.lay(s.Out()), l.lay(s.Inputs[2])
	p := f32.MaxPoolGrad{
		Pool: l.pool(s.Inputs[0], s.Inputs[1], op.Of.Window()),
		DX:   l.at(s.Out()), DXImg: uint32(dx.Stride[0]), DXRow: uint32(dx.Stride[2]), DXPix: uint32(dx.Stride[3]),
		DY: l.at(s.Inputs[2]), DYImg: uint32(dy.Stride[0]), DYRow: uint32(dy.Stride[2]), DYPix: uint32(dy.Stride[3]),
	}
	l.emit(p.Call())
	l.mapInPlace(s.Out(), l.epilogue(s))
}

func averagePool(l *lowerer, s *plan.Step, op graph.AveragePool) {
	p := l.pool(s.Inputs[0], s.Out(), op.Window())
	p.Epilogue = l.epilogue(s)
	l.emit(f32.AvgPool{Pool: p, CountPad: op.IncludePad}.Call())
}

// pool is what slides over x to make y.
func (l *lowerer) pool(x, y graph.ValueID, w graph.Window) f32.Pool {
	in, out := l.lay(x), l.lay(y)
	return f32.Pool{
		X: l.at(x), XImg: uint32(in.Stride[0]), XRow: uint32(in.Stride[2]), XPix: uint32(in.Stride[3]),
		Y: l.at(y), YImg: uint32(out.Stride[0]), YRow: uint32(out.Stride[2]), YPix: uint32(out.Stride[3]),
		N: uint32(in.Shape[0]), H: uint32(in.Shape[2]), W: uint32(in.Shape[3]), C: uint32(in.Shape[1]),
		OH: uint32(out.Shape[2]), OW: uint32(out.Shape[3]),
		KH: uint32(w.Kernel[0]), KW: uint32(w.Kernel[1]), StrideH: uint32(w.Strides[0]), StrideW: uint32(w.Strides[1]),
		DilH: uint32(w.Dilations[0]), DilW: uint32(w.Dilations[1]),
		PadT: uint32(w.Pads[0]), PadL: uint32(w.Pads[1]), PadB: uint32(w.Pads[2]), PadR: uint32(w.Pads[3]),
	}
}

// integerMaxPool picks the greatest codes: greater codes are greater numbers.
func integerMaxPool(l *lowerer, s *plan.Step, op graph.MaxPool) {
	l.emit(q8.MaxPool{Pool: l.integerPool(s, op.Window())}.Call())
	l.moved(s)
}

func integerGlobalMax(l *lowerer, s *plan.Step, _ graph.GlobalMaxPool) {
	l.emit(q8.MaxPool{Pool: l.integerPool(s, whole(l.lay(s.Inputs[0]).Shape))}.Call())
	l.moved(s)
}

func integerAverage(l *lowerer, s *plan.Step, op graph.AveragePool) {
	l.integerMean(s, op.Window(), op.IncludePad)
}

func integerGlobalAverage(l *lowerer, s *plan.Step, _ graph.GlobalAveragePool) {
	l.integerMean(s, whole(l.lay(s.Inputs[0]).Shape), false)
}

// whole is the window that is all of an image of this shape.
func whole(shape []int) graph.Window {
	one := []int{1, 1}
	return graph.Window{Kernel: shape[2:], Strides: one, Dilations: one, Pads: make([]int, 4)}
}

// integerMean runs a mean over windows.
func (l *lowerer) integerMean(s *plan.Step, w graph.Window, countPad bool) {
	r := l.coded(s)
	x := l.params(s.Inputs[0])
	l.emit(q8.AvgPool{
		Pool:   l.integerPool(s, w),
		XScale: x.Scale, YScale: r.q.Params.Scale[0], XZero: x.Zero, YZero: r.zero, Lo: r.lo, Hi: r.hi, CountPad: countPad,
	}.Call())
	l.translate(s, r.table)
}

func (l *lowerer) integerPool(s *plan.Step, w graph.Window) q8.Pool {
	x, y := s.Inputs[0], s.Out()
	in, out := l.lay(x), l.lay(y)
	return q8.Pool{
		Signed: l.cfg.Dot.Signed(),
		X:      l.at(x), XImg: uint32(in.Stride[0]), XRow: uint32(in.Stride[2]), XPix: uint32(in.Stride[3]),
		Y: l.at(y), YImg: uint32(out.Stride[0]), YRow: uint32(out.Stride[2]), YPix: uint32(out.Stride[3]),
		N: uint32(in.Shape[0]), H: uint32(in.Shape[2]), W: uint32(in.Shape[3]), C: uint32(in.Shape[1]),
		OH: uint32(out.Shape[2]), OW: uint32(out.Shape[3]),
		KH: uint32(w.Kernel[0]), KW: uint32(w.Kernel[1]), StrideH: uint32(w.Strides[0]), StrideW: uint32(w.Strides[1]),
		DilH: uint32(w.Dilations[0]), DilW: uint32(w.Dilations[1]),
		PadT: uint32(w.Pads[0]), PadL: uint32(w.Pads[1]), PadB: uint32(w.Pads[2]), PadR: uint32(w.Pads[3]),
	}
}
