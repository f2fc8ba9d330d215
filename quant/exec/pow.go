package exec

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/call"
)

// pow runs a power; a square, which most of them are, as a product.
func (l *lowerer) pow(s *step) {
	n := l.g.Nodes[s.node]
	x, y, e := n.Inputs[0], s.out(), l.g.Values[n.Inputs[1]].Const
	square := e != nil && len(e.F) > 0 && !slices.ContainsFunc(e.F, func(v float32) bool { return v != 2 })
	if !square {
		l.arithmetic(s, call.F32Pow)
		return
	}
	base := operand{l.at(x), l.strides(x, l.lay(y).shape)}
	l.binary(y, call.F32Mul, base, base, l.posts(s))
}
