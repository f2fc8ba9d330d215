package train

import (
	"errors"

	"github.com/quantscope/quantscope/quant/graph"
)

// pair gives both gradients of an operator whose inputs broadcast, from those of the broadcast inputs.
func (l *local) pair(a, b func() graph.ValueID) ([]graph.ValueID, error) {
	return l.each(
		func() graph.ValueID { return l.sumTo(a(), l.shape(l.in(0))) },
		func() graph.ValueID { return l.sumTo(b(), l.shape(l.in(1))) })
}

func add(l *local) ([]graph.ValueID, error) { return l.pair(l.g, l.g) }

func sub(l *local) ([]graph.ValueID, error) {
	return l.pair(l.g, func() graph.ValueID { return l.times(l.g(), -1) })
}

func mul(l *local) ([]graph.ValueID, error) {
	return l.pair(
		func() graph.ValueID { return l.mul(l.g(), l.in(1)) },
		func() graph.ValueID { return l.mul(l.g(), l.in(0)) })
}

func div(l *local) ([]graph.ValueID, error) {
	return l.pair(
		func() graph.ValueID { return l.div(l.g(), l.in(1)) },
		func() graph.ValueID { return l.times(l.mul(l.g(), l.div(l.out(), l.in(1))), -1) })
}

// extreme goes to the input that was taken, half of it to each where they are equal, as PyTorch's does.
func extreme(l *local) ([]graph.ValueID, error) {
	taken := func(i int) func() graph.ValueID {
		return func() graph.ValueID {
			own, other := l.same(l.in(i), l.out()), l.same(l.in(1-i), l.out())
			return l.mul(l.g(), l.div(own, l.add(own, other)))
		}
	}
	return l.pair(taken(0), taken(1))
}

// pow has a gradient for the base only: exponents of networks are constants.
func pow(l *local) ([]graph.ValueID, error) {
	c := l.Graph.Values[l.in(1)].Const
	if c == nil || l.want(1) {
		return nil, errors.New("its exponent is not constant")
	}
	less := make([]float32, len(c.F))
	for i, x := range c.F {
		less[i] = x - 1
	}
	return l.pair(func() graph.ValueID {
		return l.mul(l.g(), l.mul(l.in(1), l.op("pow", graph.Pow{}, l.in(0), l.vector(c.Shape, less...))))
	}, nil)
}

// prelu is 1 or the slope; the slope's gradient is dy·x where x is negative.
func prelu(l *local) ([]graph.ValueID, error) {
	x, slope := l.in(0), l.in(1)
	negative := l.unary(graph.Within{Lo: infinite(-1), Hi: 0}, x)
	return l.each(
		func() graph.ValueID {
			return l.mul(l.g(), l.add(l.from(1, negative), l.mul(negative, slope)))
		},
		func() graph.ValueID { return l.sumTo(l.mul(l.g(), l.mul(negative, x)), l.shape(slope)) })
}
