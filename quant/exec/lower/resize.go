package lower

import (
	"fmt"
	"math"

	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// resizes runs the two operators of that name: few neighbours for each pixel, or all of them weighted.
func resizes(l *lowerer, s *plan.Step, op graph.Op) {
	if r, ok := op.(graph.Resample); ok {
		resample(l, s, r)
	} else {
		resize(l, s, op.(graph.Resize))
	}
}

func resize(l *lowerer, s *plan.Step, op graph.Resize) {
	in := s.Inputs[0]
	if op.Mode == graph.ResizeNearest {
		l.resizeNearest(s, op, l.lay(in), l.at(in))
	} else {
		l.resizeLinear(s, op, l.lay(in), l.at(in))
	}
}

func (l *lowerer) resizeNearest(s *plan.Step, op graph.Resize, x plan.Layout, at uint32) {
	y := l.lay(s.Out())
	w := op.Out[1]
	table := l.table(fmt.Sprint("nearest", op, x.Stride, x.Shape), op.Out[0]*w, func(dst []uint32) {
		for i := range op.Out[0] {
			row := op.Index(0, x.Shape[2], i) * x.Stride[2]
			for j := range w {
				dst[i*w+j] = uint32(row + op.Index(1, x.Shape[3], j)*x.Stride[3])
			}
		}
	})
	l.pick(s, q8.Gather{
		X: at, XImg: uint32(x.Stride[0]), Table: table,
		Y: l.at(s.Out()), YImg: uint32(y.Stride[0]), YRow: uint32(y.Stride[2]), YPix: uint32(y.Stride[3]),
		N: uint32(y.Shape[0]), H: uint32(y.Shape[2]), W: uint32(y.Shape[3]), C: uint32(y.Shape[1]),
	}, l.epilogue(s))
}

func (l *lowerer) resizeLinear(s *plan.Step, op graph.Resize, x plan.Layout, at uint32) {
	y := l.lay(s.Out())
	l.emit(f32.ResizeLinear{
		X: at, XImg: uint32(x.Stride[0]), Rows: l.linearTaps(op, 0, x), Columns: l.linearTaps(op, 1, x),
		Y: l.at(s.Out()), YImg: uint32(y.Stride[0]), YRow: uint32(y.Stride[2]), YPix: uint32(y.Stride[3]),
		N: uint32(y.Shape[0]), OH: uint32(y.Shape[2]), OW: uint32(y.Shape[3]), C: uint32(y.Shape[1]), Epilogue: l.epilogue(s),
	}.Call())
}

// linearTaps stores the two neighbours and weights of every output coordinate of spatial axis a. Outside
// of the input the edge continues.
func (l *lowerer) linearTaps(op graph.Resize, a int, x plan.Layout) uint32 {
	n := x.Shape[2+a]
	return l.table(fmt.Sprint("linear", a, op, x.Stride, x.Shape), 4*op.Out[a], func(dst []uint32) {
		lerps := make([]f32.Lerp, op.Out[a])
		for i := range lerps {
			at := min(max(op.Source(a, n, i), 0), float32(n-1))
			first := int(math.Floor(float64(at)))
			second := min(first+1, n-1)
			w := at - float32(first)
			lerps[i] = f32.Lerp{Off0: uint32(first * x.Stride[2+a]), Off1: uint32(second * x.Stride[2+a]), W0: 1 - w, W1: w}
		}
		copy(dst, f32.LerpWords(lerps))
	})
}
