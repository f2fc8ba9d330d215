package train

import (
	"errors"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

func reshape(l *local) ([]graph.ValueID, error) {
	return l.each(func() graph.ValueID { return l.reshape(l.g(), l.shape(l.in(0))...) })
}

func expand(l *local) ([]graph.ValueID, error) {
	return l.each(func() graph.ValueID { return l.sumTo(l.g(), l.shape(l.in(0))) })
}

func transpose(l *local, op graph.Transpose) ([]graph.ValueID, error) {
	back := make([]int, len(op.Perm))
	for i, p := range op.Perm {
		back[p] = i
	}
	return l.each(func() graph.ValueID { return l.transpose(l.g(), back...) })
}

// part is n elements of axis from at on.
func (e emit) part(x graph.ValueID, axis, at, n int) graph.ValueID {
	if e.failed() {
		return graph.None
	}
	s := graph.Slice{Starts: make([]int, len(e.shape(x))), Steps: slices.Repeat([]int{1}, len(e.shape(x))), Sizes: slices.Clone(e.shape(x))}
	s.Starts[axis], s.Sizes[axis] = at, n
	return e.op("part", s, x)
}

func concat(l *local, op graph.Concat) ([]graph.ValueID, error) {
	list := make([]graph.ValueID, len(l.n.Inputs))
	at := 0
	for i, v := range l.n.Inputs {
		n := l.shape(v)[op.Axis]
		if list[i] = graph.None; l.want(i) {
			list[i] = l.part(l.g(), op.Axis, at, n)
		}
		at += n
	}
	return list, nil
}

func split(l *local, op graph.Split) ([]graph.ValueID, error) {
	return l.each(func() graph.ValueID {
		parts := make([]graph.ValueID, len(l.dy))
		for i, g := range l.dy {
			if parts[i] = g; g == graph.None {
				shape := slices.Clone(l.shape(l.in(0)))
				shape[op.Axis] = op.Sizes[i]
				parts[i] = l.fill(0, shape)
			}
		}
		return l.op("concat", graph.Concat{Axis: op.Axis}, parts...)
	})
}

// slice puts zeros around what was taken, and between where there were steps.
func slice(l *local, op graph.Slice) ([]graph.ValueID, error) {
	if slices.ContainsFunc(op.Steps, func(s int) bool { return s < 1 }) {
		return nil, errors.New("it takes elements backwards")
	}
	return l.each(func() graph.ValueID { return l.unslice(op, l.g(), l.shape(l.in(0))) })
}

// unslice puts what op took back into zeros of this shape.
func (l *local) unslice(op graph.Slice, g graph.ValueID, to []int) graph.ValueID {
	for a, step := range op.Steps {
		if n := op.Sizes[a]; step > 1 && n > 1 && !l.failed() { // [g, 0, …, 0] n times, without the last zeros
			shape := slices.Clone(l.shape(g))
			wide := slices.Insert(slices.Clone(shape), a+1, 1)
			p := graph.Pad{Before: make([]int, len(wide)), After: make([]int, len(wide))}
			p.After[a+1] = step - 1
			shape[a] = n * step
			g = l.reshape(l.op("spread", p, l.reshape(g, wide...)), shape...)
			g = l.part(g, a, 0, (n-1)*step+1)
		}
	}
	if l.failed() {
		return graph.None
	}
	p := graph.Pad{Before: op.Starts, After: make([]int, len(op.Starts))}
	for a, n := range to {
		p.After[a] = n - op.Starts[a] - l.shape(g)[a]
	}
	return l.op("pad", p, g)
}

func pad(l *local, op graph.Pad) ([]graph.ValueID, error) {
	if op.Mode != graph.PadConstant {
		return nil, errors.New("it pads by mode " + op.Mode.String())
	}
	return l.each(func() graph.ValueID {
		return l.op("slice", graph.Slice{Starts: op.Before, Steps: slices.Repeat([]int{1}, len(op.Before)), Sizes: slices.Clone(l.shape(l.in(0)))}, l.g())
	})
}

func depthToSpace(l *local, op graph.DepthToSpace) ([]graph.ValueID, error) {
	return l.each(func() graph.ValueID {
		s := l.shape(l.in(0))
		b, n, c, h, w := op.Block, s[0], s[1]/op.Block/op.Block, s[2], s[3]
		x := l.reshape(l.g(), n, c, h, b, w, b)
		if op.Inner {
			x = l.transpose(x, 0, 1, 3, 5, 2, 4)
		} else {
			x = l.transpose(x, 0, 3, 5, 1, 2, 4)
		}
		return l.reshape(x, s...)
	})
}

func spaceToDepth(l *local, op graph.SpaceToDepth) ([]graph.ValueID, error) {
	return l.each(func() graph.ValueID { return l.op("space", graph.DepthToSpace{Block: op.Block}, l.g()) })
}
