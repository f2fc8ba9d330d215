package lower

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// reduce runs a reduction over axes of the input; the output keeps them as 1 or drops them.
func (l *lowerer) reduce(s *plan.Step, op f32.Reduction, axes []int) {
	x, y := l.lay(s.Inputs[0]), l.lay(s.Out())
	strides := make([]int, len(x.Shape))
	next := 0
	for a := range strides {
		if reduced := slices.Contains(axes, a); !reduced || len(y.Shape) == len(x.Shape) {
			if !reduced {
				strides[a] = y.Stride[next]
			}
			next++
		}
	}
	l.reduceTo(op, operand{l.at(s.Out()), strides}, l.of(s.Inputs[0]), x.Shape, axes)
	l.mapInPlace(s.Out(), l.epilogue(s))
}

func reduceMean(l *lowerer, s *plan.Step, op graph.ReduceMean) { l.reduce(s, f32.ReduceMean, op.Axes) }
func reduceSum(l *lowerer, s *plan.Step, op graph.ReduceSum)   { l.reduce(s, f32.ReduceSum, op.Axes) }
func reduceMax(l *lowerer, s *plan.Step, op graph.ReduceMax)   { l.reduce(s, f32.ReduceMax, op.Axes) }
func reduceMin(l *lowerer, s *plan.Step, op graph.ReduceMin)   { l.reduce(s, f32.ReduceMin, op.Axes) }

func globalAverage(l *lowerer, s *plan.Step, _ graph.GlobalAveragePool) {
	l.reduce(s, f32.ReduceMean, []int{2, 3})
}

func globalMax(l *lowerer, s *plan.Step, _ graph.GlobalMaxPool) {
	l.reduce(s, f32.ReduceMax, []int{2, 3})
}

// reduceTo reduces axes of a tensor of this shape. The kernel takes four of them; more go in two steps,
// the last ones first.
func (l *lowerer) reduceTo(op f32.Reduction, to, from operand, shape, axes []int) {
	const most = 4
	if len(axes) > most {
		rest := append([]int(nil), shape...)
		for _, a := range axes[most:] {
			rest[a] = 1
		}
		between := operand{l.temp(elem * graph.Len(rest)), plan.Strides(rest)}
		l.reduceTo(op, between, from, shape, axes[most:])
		shape, axes, from = rest, axes[:most], between
	}
	l.emit(f32.Reduce{Op: op, X: from.at, Y: to.at, Shape: shape, XStrides: from.strides, YStrides: to.strides, Axes: axes}.Call())
}

// softmax needs its axis contiguous: other axes go through a copy with the axis last.
func softmax(l *lowerer, s *plan.Step, op graph.Softmax) {
	in := s.Inputs[0]
	x, y := l.lay(in), l.lay(s.Out())
	c := f32.Softmax{X: l.at(in), Y: l.at(s.Out()), Shape: x.Shape, XStrides: x.Stride, YStrides: y.Stride, Axis: op.Axis}
	if x.Stride[op.Axis] == elem && y.Stride[op.Axis] == elem {
		l.emit(c.Call())
		l.mapInPlace(s.Out(), l.epilogue(s))
		return
	}
	last := make([]int, len(x.Shape)) // byte strides of a dense tensor whose innermost axis is op.Axis
	n := elem * x.Shape[op.Axis]
	for a := len(x.Shape) - 1; a >= 0; a-- {
		if a != op.Axis {
			last[a] = n
			n *= x.Shape[a]
		}
	}
	last[op.Axis] = elem
	c.X, c.XStrides = l.temp(n), last
	c.Y, c.YStrides = c.X, last
	l.copy(c.X, last, l.at(in), x.Stride, x.Shape)
	l.emit(c.Call())
	l.copy(l.at(s.Out()), y.Stride, c.Y, last, y.Shape)
	l.mapInPlace(s.Out(), l.epilogue(s))
}
