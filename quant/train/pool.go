package train

import (
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// averagePool gives each element of a window its share: a transposed convolution, plane by plane, of
// the gradients divided by what the windows count.
func averagePool(l *local, op graph.AveragePool) ([]graph.ValueID, error) {
	return l.each(func() graph.ValueID {
		in, out := l.shape(l.in(0)), l.shape(l.g())
		planes, rank := in[0]*in[1], len(op.Kernel)
		share := []float32{1}
		t := graph.ConvTranspose{Kernel: op.Kernel, Strides: op.Strides, Dilations: op.Dilations, Pads: slices.Clone(op.Pads), OutputPadding: make([]int, rank), Group: 1}
		for a, k := range op.Kernel {
			n, before, after := in[2+a], op.Pads[a], op.Pads[rank+a]
			own := make([]float32, out[2+a])
			for i := range own {
				for j := range k {
					at := i*op.Strides[a] + j*op.Dilations[a] - before
					if 0 <= at && at < n || op.IncludePad && at < n+after {
						own[i]++
					}
				}
			}
			var next []float32
			for _, s := range share {
				for _, o := range own {
					next = append(next, s*o)
				}
			}
			share = next
			// Windows may end before the input does, or with Ceil hang over.
			short := n + before - op.Strides[a]*(out[2+a]-1) - op.Dilations[a]*(k-1) - 1
			t.Pads[rank+a], t.OutputPadding[a] = max(0, -short), max(0, short)
		}
		for i := range share {
			share[i] = 1 / share[i]
		}
		g := l.mul(l.g(), l.vector(append([]int{1, 1}, out[2:]...), share...))
		g = l.reshape(g, append([]int{planes, 1}, out[2:]...)...)
		return l.reshape(l.op("windows", t, g, l.fill(1, append([]int{1, 1}, op.Kernel...))), in...)
	})
}

// maxPool gives the gradient to the first element of each window, in the order of the kernel, that is its
// maximum, as PyTorch does.
func maxPool(l *local, op graph.MaxPool) ([]graph.ValueID, error) {
	return l.each(func() graph.ValueID {
		in, out, rank := l.shape(l.in(0)), l.shape(l.g()), len(op.Kernel)
		if rank == 2 {
			return l.op("first", graph.MaxPoolGradient{Of: op}, l.in(0), l.out(), l.g())
		}
		p := graph.Pad{Before: make([]int, 2+rank), After: make([]int, 2+rank), Value: infinite(-1)}
		positions := 1
		for a, k := range op.Kernel {
			p.Before[2+a] = op.Pads[a]
			p.After[2+a] = max(0, op.Strides[a]*(out[2+a]-1)+op.Dilations[a]*(k-1)+1-in[2+a]-op.Pads[a])
			positions *= k
		}
		x := l.op("pad", p, l.in(0))
		free, dx := graph.None, graph.None // windows that have not found their maximum yet
		for t := range positions {
			s := graph.Slice{Starts: make([]int, 2+rank), Steps: append([]int{1, 1}, op.Strides...), Sizes: slices.Clone(out)}
			for a, rest := rank-1, t; a >= 0; a-- {
				s.Starts[2+a] = rest % op.Kernel[a] * op.Dilations[a]
				rest /= op.Kernel[a]
			}
			here := l.same(l.op("position", s, x), l.out())
			if free != graph.None {
				here = l.mul(here, free)
			}
			g := l.unslice(s, l.mul(l.g(), here), l.shape(x))
			if free == graph.None {
				free, dx = l.from(1, here), g
			} else {
				free, dx = l.sub(free, here), l.add(dx, g)
			}
		}
		return l.op("inside", graph.Slice{Starts: p.Before, Steps: slices.Repeat([]int{1}, 2+rank), Sizes: slices.Clone(in)}, dx)
	})
}

// same is 1 where a equals b, else 0.
func (e emit) same(a, b graph.ValueID) graph.ValueID {
	return e.unary(graph.Within{Lo: -math.SmallestNonzeroFloat32, Hi: math.SmallestNonzeroFloat32}, e.sub(a, b))
}

func globalMax(l *local) ([]graph.ValueID, error) { return l.top(2, 3) }
