package train

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// conv is linear in both: the gradient of its input is the transposed convolution of dy, that of the bias its
// sum.
func conv(l *local, op graph.Conv) ([]graph.ValueID, error) {
	return l.each(
		func() graph.ValueID {
			t := graph.ConvTranspose{Kernel: op.Kernel, Strides: op.Strides, Dilations: op.Dilations, Pads: op.Pads, Group: op.Group}
			for a, k := range op.Kernel { // what the last window left over
				n := l.shape(l.in(0))[2+a] + op.Pads[a] + op.Pads[len(op.Kernel)+a] - op.Dilations[a]*(k-1) - 1
				t.OutputPadding = append(t.OutputPadding, n%op.Strides[a])
			}
			return l.op("input", t, l.g(), l.in(1))
		},
		func() graph.ValueID { return l.kernel(op, l.in(0), l.g()) },
		func() graph.ValueID { return l.sum(l.g(), false, l.others(l.g(), 1)...) })
}

// convTranspose is the gradient of a convolution from its output to its input, so that its own is that
// convolution, and input and output change places in that of the weights.
func convTranspose(l *local, op graph.ConvTranspose) ([]graph.ValueID, error) {
	c := graph.Conv{Kernel: op.Kernel, Strides: op.Strides, Dilations: op.Dilations, Pads: op.Pads, Group: op.Group}
	return l.each(
		func() graph.ValueID { return l.op("input", c, l.g(), l.in(1)) },
		func() graph.ValueID { return l.kernel(c, l.g(), l.in(0)) },
		func() graph.ValueID { return l.sum(l.g(), false, l.others(l.g(), 1)...) })
}

// kernel is the gradient of the weights [O,C/group,K…] of a convolution of x [N,C,S…] to an output with gradient
// dy [N,O,S'…]: for each pair of channels the correlation of their images, summed over the batch. That is a
// convolution of x with channels and batch exchanged, C/group images of group·N channels, by the kernels that
// dy then is, where strides and dilations change places. Outputs beyond the kernel, which come of a stride that
// does not reach the end, are left out.
func (l *local) kernel(op graph.Conv, x, dy graph.ValueID) graph.ValueID {
	sx, sy := l.shape(x), l.shape(dy)
	n, c, o, g := sx[0], sx[1], sy[1], op.Group
	rank := len(op.Kernel)
	space := func(from int) []int { // axes of space from an axis on
		axes := make([]int, rank)
		for a := range axes {
			axes[a] = from + a
		}
		return axes
	}
	images := l.transpose(l.reshape(x, append([]int{n, g, c / g}, sx[2:]...)...), append([]int{2, 1, 0}, space(3)...)...)
	images = l.reshape(images, append([]int{c / g, g * n}, sx[2:]...)...)
	kernels := l.transpose(dy, append([]int{1, 0}, space(2)...)...)
	back := graph.Conv{Kernel: slices.Clone(sy[2:]), Strides: op.Dilations, Dilations: op.Strides, Pads: op.Pads, Group: g}
	dw := l.op("weights", back, images, kernels)
	for a, k := range op.Kernel {
		if s := l.shape(dw); s != nil && s[2+a] > k {
			dw = l.part(dw, 2+a, 0, k)
		}
	}
	return l.reshape(l.transpose(dw, append([]int{1, 0}, space(2)...)...), append([]int{o, c / g}, op.Kernel...)...)
}
