package train

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// spread repeats the gradient of a reduction over its axes.
func (l *local) spread(g graph.ValueID, axes []int) graph.ValueID {
	shape := l.shape(l.in(0))
	kept := slices.Clone(shape)
	for _, a := range axes {
		kept[a] = 1
	}
	return l.expand(l.reshape(g, kept...), shape)
}

func reduceSum(l *local) ([]graph.ValueID, error) {
	axes, _ := l.n.Op.(graph.Reduction).Reduces()
	return l.each(func() graph.ValueID { return l.spread(l.g(), axes) })
}

func reduceMean(l *local) ([]graph.ValueID, error) {
	axes, _ := l.n.Op.(graph.Reduction).Reduces()
	return l.each(func() graph.ValueID { return l.spread(l.times(l.g(), 1/float32(l.count(axes))), axes) })
}

func reduceExtreme(l *local) ([]graph.ValueID, error) {
	axes, _ := l.n.Op.(graph.Reduction).Reduces()
	return l.top(axes...)
}

// top shares the gradient of a maximum or minimum over axes between its equals, as PyTorch's amax and amin do.
func (l *local) top(axes ...int) ([]graph.ValueID, error) {
	return l.each(func() graph.ValueID {
		top := l.same(l.in(0), l.spread(l.out(), axes))
		return l.mul(top, l.div(l.spread(l.g(), axes), l.sum(top, true, axes...)))
	})
}

func globalAverage(l *local) ([]graph.ValueID, error) {
	axes := []int{2, 3}
	return l.each(func() graph.ValueID { return l.spread(l.times(l.g(), 1/float32(l.count(axes))), axes) })
}

// count is how many elements are reduced to one.
func (l *local) count(axes []int) int {
	n := 1
	for _, a := range axes {
		n *= l.shape(l.in(0))[a]
	}
	return n
}
