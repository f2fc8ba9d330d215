package exec

import "github.com/quantscope/quantscope/quant/graph"

// halo is how many zero pixels lie around an image: top, left, bottom, right.
type halo [4]int

func (h halo) max(o halo) halo {
	for i := range h {
		h[i] = max(h[i], o[i])
	}
	return h
}

// layout says where the elements of a value lie: in buffer buf, element (0, …, 0) at byte off, a step
// along dimension i is stride[i] bytes. Dimensions are the ONNX ones; for rank 4 the stride of
// dimension 1 (channels) is the width of an element.
type layout struct {
	buf    int
	off    int
	shape  []int
	stride []int
	halo   halo
	width  int // bytes of an element: elem, or 1 for the codes of a quantized value
}

const elem = 4 // bytes of a float32

// denseStrides are the byte strides of a C-order tensor of floats.
func denseStrides(shape []int) []int { return denseStridesOf(shape, elem) }

func denseStridesOf(shape []int, width int) []int {
	s := make([]int, len(shape))
	n := width
	for i := len(shape) - 1; i >= 0; i-- {
		s[i] = n
		n *= shape[i]
	}
	return s
}

// newLayout lays shape out alone in a buffer and returns the bytes it takes.
func newLayout(buf int, shape []int, h halo, width int) (layout, int) {
	l := layout{buf: buf, shape: shape, halo: h, width: width}
	if len(shape) != 4 {
		l.stride = denseStridesOf(shape, width)
		return l, width * graph.Len(shape)
	}
	n, c, hh, ww := shape[0], shape[1], shape[2]+h[0]+h[2], shape[3]+h[1]+h[3]
	pixel := width * c
	row := pixel * ww
	l.stride = []int{row * hh, width, row, pixel}
	l.off = h[0]*row + h[1]*pixel
	return l, n * row * hh
}

func (l layout) haloed() bool { return l.halo != halo{} }

// whole reports whether the value fills its buffer but for the halo: it shares it with no other.
func (l layout) whole() bool {
	return len(l.shape) != 4 || l.stride[3] == l.width*l.shape[1]
}

// dense reports whether the elements follow each other without a gap in storage order.
func (l layout) dense() bool { return !l.haloed() && l.whole() }

// size is the bytes of the value's own buffer, halo included. Only for whole layouts.
func (l layout) size() int {
	if len(l.shape) != 4 {
		return l.width * graph.Len(l.shape)
	}
	return l.shape[0] * l.stride[0]
}
