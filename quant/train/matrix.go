package train

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// gemm is Y = α·A'·B' + β·C: dA' = α·dY·B'ᵀ, dB' = α·A'ᵀ·dY, dC = β·dY summed to its shape.
func gemm(l *local, op graph.Gemm) ([]graph.ValueID, error) {
	a, b := l.in(0), l.in(1)
	product := func(x, y graph.ValueID, transX, transY bool) graph.ValueID {
		return l.op("product", graph.Gemm{Alpha: op.Alpha, Beta: 1, TransA: transX, TransB: transY}, x, y)
	}
	return l.each(
		func() graph.ValueID {
			if op.TransA {
				return product(b, l.g(), op.TransB, true)
			}
			return product(l.g(), b, false, !op.TransB)
		},
		func() graph.ValueID {
			if op.TransB {
				return product(l.g(), a, true, op.TransA)
			}
			return product(a, l.g(), !op.TransA, false)
		},
		func() graph.ValueID { return l.sumTo(l.times(l.g(), op.Beta), l.shape(l.in(2))) })
}

// matMul takes vectors as the matrices they stand for. Where one matrix multiplies all of a batch, its gradient
// is one product over all rows.
func matMul(l *local) ([]graph.ValueID, error) {
	sa, sb, sy := l.shape(l.in(0)), l.shape(l.in(1)), l.shape(l.out())
	ma, mb, my := slices.Clone(sa), slices.Clone(sb), slices.Clone(sy)
	if len(sb) == 1 {
		mb, my = []int{sb[0], 1}, append(my, 1)
	}
	if len(sa) == 1 {
		ma = []int{1, sa[0]}
		my = slices.Insert(my, len(my)-1, 1)
	}
	a, b, dy := l.reshape(l.in(0), ma...), l.reshape(l.in(1), mb...), l.reshape(l.g(), my...)
	swapped := func(x graph.ValueID) graph.ValueID {
		if l.failed() {
			return graph.None
		}
		n := len(l.shape(x))
		perm := make([]int, n)
		for i := range perm {
			perm[i] = i
		}
		perm[n-1], perm[n-2] = n-2, n-1
		return l.transpose(x, perm...)
	}
	return l.each(
		func() graph.ValueID {
			return l.reshape(l.sumTo(l.op("product", graph.MatMul{}, dy, swapped(b)), ma), sa...)
		},
		func() graph.ValueID {
			x, g := a, dy
			if len(mb) == 2 && len(my) > 2 && len(ma) == len(my) {
				x, g = l.reshape(a, graph.Len(ma)/ma[len(ma)-1], ma[len(ma)-1]), l.reshape(dy, graph.Len(my)/my[len(my)-1], my[len(my)-1])
			}
			return l.reshape(l.sumTo(l.op("product", graph.MatMul{}, swapped(x), g), mb), sb...)
		})
}
