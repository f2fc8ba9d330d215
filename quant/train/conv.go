package train

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// conv is linear in both: the gradient of its input is the transposed convolution of dy, that of the bias its
// sum.
func conv(l *local, op graph.Conv) ([]graph.ValueID, error) {
	return l.each(
		func() graph.ValueID { return l.transposed(op) },
		func() graph.ValueID { return l.kernel(op, l.in(0), l.g()) },
		func() graph.ValueID { return l.sum(l.g(), false, l.others(l.g(), 1)...) })
}

// transposed is the transposed convolution of the gradient; of stride 1 it is a convolution by the kernels turned
// around, which has faster forms.
func (l *local) transposed(op graph.Conv) graph.ValueID {
	pads := make([]int, len(op.Pads))
	plain := true
	for i, p := range op.Pads {
		a := i % len(op.Kernel)
		pads[i] = op.Dilations[a]*(op.Kernel[a]-1) - p
		plain = plain && op.Strides[a] == 1 && pads[i] >= 0
	}
	if plain {
		c := graph.Conv{Kernel: op.Kernel, Strides: op.Strides, Dilations: op.Dilations, Pads: pads, Group: op.Group, Coarse: true}
		return l.op("input", c, l.g(), l.turned(l.in(1), op.Group))
	}
	if dx, ok := l.phases(op); ok {
		return dx
	}
	t := graph.ConvTranspose{Kernel: op.Kernel, Strides: op.Strides, Dilations: op.Dilations, Pads: op.Pads, Group: op.Group}
	for a, k := range op.Kernel { // what the last window left over
		n := l.shape(l.in(0))[2+a] + op.Pads[a] + op.Pads[len(op.Kernel)+a] - op.Dilations[a]*(k-1) - 1
		t.OutputPadding = append(t.OutputPadding, n%op.Strides[a])
	}
	return l.op("input", t, l.g(), l.in(1))
}

// fewColumns is how many channels phases together may have: fewer than this fill no tile by themselves.
const fewColumns = 16

// phases is the transposed convolution of a stride as one convolution, whose channels are those of all phases: places of the
// input that are a stride apart. One by one, few channels fill no tile, and each phase reads the whole gradient. Position q, r
// of the padded input, at q·stride + r, takes dy at q-m by the kernel's place m·stride + r.
func (l *local) phases(op graph.Conv) (graph.ValueID, bool) {
	if len(op.Kernel) != 2 || op.Group != 1 || op.Strides[0] != op.Strides[1] {
		return graph.None, false
	}
	x, dy, w := l.shape(l.in(0)), l.shape(l.g()), l.shape(l.in(1))
	s, c := op.Strides[0], x[1]
	if s < 2 || s*s*c > fewColumns {
		return graph.None, false
	}
	var taps, cut [2]int // kernel positions of a phase; places of its first position that are padding
	pads := make([]int, 4)
	for a, k := range op.Kernel {
		taps[a] = (k + s - 1) / s
		first, last := op.Pads[a]/s, (x[2+a]-1+op.Pads[a])/s
		pads[a], pads[2+a] = taps[a]-1-first, last+1-dy[2+a]
		cut[a] = op.Pads[a] - first*s
		if op.Dilations[a] != 1 || pads[a] < 0 || pads[2+a] < 0 {
			return graph.None, false
		}
	}
	o, m, n := w[0], taps[0], taps[1]
	full := l.op("padded", graph.Pad{Before: make([]int, 4), After: []int{0, 0, m*s - w[2], n*s - w[3]}}, l.in(1))
	each := l.reshape(full, o, c, m, s, n, s)
	each = l.op("turned", graph.Slice{Starts: []int{0, 0, m - 1, 0, n - 1, 0}, Steps: []int{1, 1, -1, 1, -1, 1}, Sizes: []int{o, c, m, s, n, s}}, each)
	each = l.reshape(l.transpose(each, 3, 5, 1, 0, 2, 4), s*s*c, o, m, n)
	y := l.op("phases", graph.Conv{Kernel: []int{m, n}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Pads: pads, Group: 1, Coarse: true}, l.g(), each)
	y = l.op("input", graph.DepthToSpace{Block: s}, y)
	return l.op("inside", graph.Slice{Starts: []int{0, 0, cut[0], cut[1]}, Steps: []int{1, 1, 1, 1}, Sizes: x}, y), true
}

// turned are weights [O,C/group,K…] as [C,O/group,K…], each kernel back to front.
func (l *local) turned(w graph.ValueID, group int) graph.ValueID {
	shape := l.shape(w)
	o, c := shape[0]/group, shape[1]
	if kernel := shape[2:]; graph.Len(kernel) > 1 {
		back := graph.Slice{Sizes: slices.Clone(shape)}
		for a, n := range shape {
			start, step := 0, 1
			if a >= 2 {
				start, step = n-1, -1
			}
			back.Starts, back.Steps = append(back.Starts, start), append(back.Steps, step)
		}
		w = l.op("turned", back, w)
	}
	if o == 1 && c == 1 {
		return w
	}
	if group == 1 {
		perm := []int{1, 0}
		for a := range shape[2:] {
			perm = append(perm, 2+a)
		}
		return l.transpose(w, perm...)
	}
	perm := []int{0, 2, 1}
	for a := range shape[2:] {
		perm = append(perm, 3+a)
	}
	w = l.transpose(l.reshape(w, append([]int{group, o, c}, shape[2:]...)...), perm...)
	return l.reshape(w, append([]int{group * c, o}, shape[2:]...)...)
}

// convTranspose is the gradient of a convolution from its output to its input, so that its own is that
// convolution, and input and output change places in that of the weights.
func convTranspose(l *local, op graph.ConvTranspose) ([]graph.ValueID, error) {
	c := graph.Conv{Kernel: op.Kernel, Strides: op.Strides, Dilations: op.Dilations, Pads: op.Pads, Group: op.Group, Coarse: true}
	return l.each(
		func() graph.ValueID { return l.op("input", c, l.g(), l.in(1)) },
		func() graph.ValueID { return l.kernel(c, l.g(), l.in(0)) },
		func() graph.ValueID { return l.sum(l.g(), false, l.others(l.g(), 1)...) })
}

// kernel is the gradient of the weights [O,C/group,K…] of a convolution of x [N,C,S…] to an output with gradient
// dy [N,O,S'…]: for each pair of channels the correlation of their images, summed over the batch. Over two axes of space there
// are kernels for it. Over others it is a convolution of x with channels and batch exchanged, C/group images of group·N channels, by the kernels that
// dy then is, where strides and dilations change places. Outputs beyond the kernel, which come of a stride that
// does not reach the end, are left out.
func (l *local) kernel(op graph.Conv, x, dy graph.ValueID) graph.ValueID {
	sx, sy := l.shape(x), l.shape(dy)
	if len(op.Kernel) == 2 {
		return l.op("weights", graph.ConvGradient{Of: op}, x, dy)
	}
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
