package lower

import (
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// resample multiplies by the weights of the columns, then by those of the rows, as matrices. Most weights
// are zero: these modes are rare, and a product of matrices is fast. (An infinite input spreads NaN along
// its row and column.)
func resample(l *lowerer, s *plan.Step, op graph.Resample) {
	x, y := s.Inputs[0], s.Out()
	out := l.lay(y)
	shape := l.g.Values[x].Shape
	planes, h, w := shape[0]*shape[1], shape[2], shape[3]
	oh, ow := op.Out[0], op.Out[1]
	wide, turned, done := l.temp(elem*planes*h*ow), l.temp(elem*planes*ow*h), l.temp(elem*planes*ow*oh)
	l.weigh(op, 1, l.ordered(x), wide, planes*h, w)
	l.copy(turned, plan.Strides([]int{planes, ow, h}), wide, []int{elem * h * ow, elem, elem * ow}, []int{planes, ow, h})
	l.weigh(op, 0, turned, done, planes*ow, h)
	l.copy(l.at(y), []int{out.Stride[0], out.Stride[1], out.Stride[3], out.Stride[2]}, done,
		plan.Strides([]int{shape[0], shape[1], ow, oh}), []int{shape[0], shape[1], ow, oh})
	l.mapInPlace(y, l.epilogue(s))
}

// weigh makes rows of Out[a] numbers of rows of n numbers, along spatial axis a.
func (l *lowerer) weigh(op graph.Resample, a int, from, to uint32, rows, n int) {
	out := op.Out[a]
	packed := l.constant(f32.PackedLen(n, out), func(dst []float32) {
		weights, outside := make([]float32, out*n), make([]float32, out)
		for i := range out {
			if !op.Weights(a, i, weights[i*n:(i+1)*n]) {
				outside[i] = op.Extrapolation
			}
		}
		f32.PackB(dst, out, outside, f32.Weights{Data: weights, Positions: []int{0}, Channels: n, ChannelStride: 1, ColumnStride: n})
	})
	l.emit(f32.GEMM{
		A: from, LDA: uint32(elem * n), Runs: 1, RunLen: uint32(n), B: packed, C: to, LDC: uint32(elem * out),
		M: uint32(rows), N: uint32(out), Lo: unbounded[0], Hi: unbounded[1],
	}.Call())
}
