package train

import (
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// resize is linear along each axis: y = A·x·Bᵀ for each plane, so that dx = Aᵀ·dy·B.
func resize(l *local) ([]graph.ValueID, error) {
	var row func(a, i int, row []float32)
	switch op := l.n.Op.(type) {
	case graph.Resize:
		row = func(a, i int, row []float32) {
			if op.Mode == graph.ResizeNearest {
				row[op.Index(a, len(row), i)]++
				return
			}
			at := min(max(op.Source(a, len(row), i), 0), float32(len(row)-1))
			first := int(math.Floor(float64(at)))
			part := at - float32(first)
			row[first] += 1 - part
			row[min(first+1, len(row)-1)] += part
		}
	case graph.Resample: // where it extrapolates nothing comes from the input
		row = func(a, i int, row []float32) { op.Weights(a, i, row) }
	}
	in, out := l.shape(l.in(0)), l.shape(l.out())
	return l.each(func() graph.ValueID {
		var weights [2]graph.ValueID // [H,H'] and [W',W]
		for a := range weights {
			n, m := in[2+a], out[2+a]
			across, along, shape := m, 1, []int{n, m}
			if a == 1 {
				across, along, shape = 1, n, []int{m, n}
			}
			w, own := make([]float32, n*m), make([]float32, n)
			for i := range m {
				clear(own)
				row(a, i, own)
				for k, x := range own {
					w[k*across+i*along] = x
				}
			}
			weights[a] = l.vector(shape, w...)
		}
		return l.op("columns", graph.MatMul{}, l.op("rows", graph.MatMul{}, weights[0], l.g()), weights[1])
	})
}

// gather adds the gradients of all copies of a slice: a product with the matrix that says which copies those are.
func gather(l *local, op graph.Gather) ([]graph.ValueID, error) {
	return l.each(func() graph.ValueID {
		in := l.shape(l.in(0))
		n, k := in[op.Axis], len(op.Indices)
		before, behind := graph.Len(in[:op.Axis]), graph.Len(in[op.Axis+1:])
		copies := make([]float32, n*k)
		for j, i := range op.Indices {
			copies[i*k+j] = 1
		}
		dx := l.op("slices", graph.MatMul{}, l.vector([]int{n, k}, copies...), l.reshape(l.g(), before, k, behind))
		return l.reshape(dx, in...)
	})
}

// localNorm is y = x·D^-β with D = bias + α/size·Σ x² over a window of channels; its gradient is
// dy·D^-β - 2αβ/size·x·Σ dy·y/D, the sum over the channels in whose windows x is.
func localNorm(l *local, op graph.LRN) ([]graph.ValueID, error) {
	return l.each(func() graph.ValueID {
		x := l.in(0)
		shape := l.shape(x)
		channels := shape[1]
		flat := func(v graph.ValueID) graph.ValueID { return l.reshape(v, shape[0], channels, graph.Len(shape[2:])) }
		window, back := make([]float32, channels*channels), make([]float32, channels*channels)
		for c := range channels {
			for k := max(0, c-(op.Size-1)/2); k <= min(channels-1, c+op.Size/2); k++ {
				window[c*channels+k], back[k*channels+c] = 1, 1
			}
		}
		sum := func(w []float32, v graph.ValueID) graph.ValueID {
			s := l.op("window", graph.MatMul{}, l.vector([]int{channels, channels}, w...), flat(v))
			return l.reshape(s, slices.Clone(shape)...)
		}
		share := op.Alpha / float32(op.Size)
		d := l.plus(l.times(sum(window, l.mul(x, x)), share), op.Bias)
		direct := l.mul(l.g(), l.op("power", graph.Pow{}, d, l.scalar(-op.Beta)))
		across := l.mul(x, sum(back, l.div(l.mul(l.g(), l.out()), d)))
		return l.sub(direct, l.times(across, 2*share*op.Beta))
	})
}
