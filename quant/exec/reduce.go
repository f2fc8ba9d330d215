package exec

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/graph"
)

// reduce runs a reduction over axes of the input; the output keeps them as 1 or drops them.
func (l *lowerer) reduce(s *step, op f32.Reduction, axes []int) {
	x, y := l.lay(l.g.Nodes[s.node].Inputs[0]), l.lay(s.out())
	strides := make([]int, len(x.shape))
	next := 0
	for a := range strides {
		if reduced := slices.Contains(axes, a); !reduced || len(y.shape) == len(x.shape) {
			if !reduced {
				strides[a] = y.stride[next]
			}
			next++
		}
	}
	l.reduceTo(op, operand{l.at(s.out()), strides}, operand{l.at(l.g.Nodes[s.node].Inputs[0]), x.stride}, x.shape, axes)
	l.mapInPlace(s.out(), l.posts(s))
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
		between := operand{l.temp(elem * graph.Len(rest)), denseStrides(rest)}
		l.reduceTo(op, between, from, shape, axes[most:])
		shape, axes, from = rest, axes[:most], between
	}
	l.emit(f32.Reduce{Op: op, X: from.at, Y: to.at, Shape: shape, XStrides: from.strides, YStrides: to.strides, Axes: axes}.Call())
}

// softmax needs its axis contiguous: other axes go through a copy with the axis last.
func (l *lowerer) softmax(s *step, op graph.Softmax) {
	in := l.g.Nodes[s.node].Inputs[0]
	x, y := l.lay(in), l.lay(s.out())
	c := f32.Softmax{X: l.at(in), Y: l.at(s.out()), Shape: x.shape, XStrides: x.stride, YStrides: y.stride, Axis: op.Axis}
	if x.stride[op.Axis] == elem && y.stride[op.Axis] == elem {
		l.emit(c.Call())
		l.mapInPlace(s.out(), l.posts(s))
		return
	}
	last := make([]int, len(x.shape)) // byte strides of a dense tensor whose innermost axis is op.Axis
	n := elem * x.shape[op.Axis]
	for a := len(x.shape) - 1; a >= 0; a-- {
		if a != op.Axis {
			last[a] = n
			n *= x.shape[a]
		}
	}
	last[op.Axis] = elem
	c.X, c.XStrides = l.temp(n), last
	c.Y, c.YStrides = c.X, last
	l.copy(c.X, last, l.at(in), x.stride, x.shape)
	l.emit(c.Call())
	l.copy(l.at(s.out()), y.stride, c.Y, last, y.shape)
	l.mapInPlace(s.out(), l.posts(s))
}
