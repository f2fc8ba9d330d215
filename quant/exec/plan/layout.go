package plan

import "github.com/quantscope/quantscope/quant/graph"

// Halo is how many zero pixels lie around an image: before and after along each spatial axis, all the
// befores first (top, left, bottom, right).
type Halo [4]int

// Max is the halo that has room for both.
func (h Halo) Max(o Halo) Halo {
	for i := range h {
		h[i] = max(h[i], o[i])
	}
	return h
}

// Layout says where the elements of a value lie: in buffer Buffer, element (0, …, 0) at byte Offset, a step
// along dimension i is Stride[i] bytes. Dimensions are the ONNX ones, whatever the order in memory.
type Layout struct {
	Buffer int
	Offset int
	Shape  []int
	Order  Order
	Stride []int
	Halo   Halo
	Width  int // bytes of an element: Elem, or 1 for the codes of a quantized value
}

// Elem is the bytes of a float32.
const Elem = 4

// Strides are the byte strides of a C-order tensor of floats.
func Strides(shape []int) []int { return StridesOf(shape, Elem) }

// StridesOf are the byte strides of a C-order tensor of elements of width bytes.
func StridesOf(shape []int, width int) []int {
	s := make([]int, len(shape))
	n := width
	for i := len(shape) - 1; i >= 0; i-- {
		s[i] = n
		n *= shape[i]
	}
	return s
}

// NewLayout lays shape out alone in a buffer and returns the bytes it takes. Only images with channels last have
// a halo.
func NewLayout(buffer int, shape []int, order Order, h Halo, width int) (Layout, int) {
	l := Layout{Buffer: buffer, Shape: shape, Order: order, Halo: h, Width: width}
	if order == InOrder {
		l.Stride = StridesOf(shape, width)
		return l, width * graph.Len(shape)
	}
	n, c, hh, ww := shape[0], shape[1], shape[2]+h[0]+h[2], shape[3]+h[1]+h[3]
	pixel := width * c
	row := pixel * ww
	l.Stride = []int{row * hh, width, row, pixel}
	l.Offset = h[0]*row + h[1]*pixel
	return l, n * row * hh
}

// Haloed reports whether there are zeros around the value.
func (l Layout) Haloed() bool { return l.Halo != Halo{} }

// Whole reports whether the value fills its buffer but for the halo: it shares it with no other.
func (l Layout) Whole() bool {
	return l.Order == InOrder || l.Stride[len(l.Stride)-1] == l.Width*l.Shape[1]
}

// Dense reports whether the elements follow each other without a gap in storage order.
func (l Layout) Dense() bool { return !l.Haloed() && l.Whole() }

// Ordered reports whether the elements lie in ONNX order without gaps.
func (l Layout) Ordered() bool { return l.Dense() && l.Order.same(l.Shape) }

// same reports whether a dense tensor of this shape lies in memory as it does in ONNX order.
func (o Order) same(shape []int) bool {
	return o == InOrder || shape[1] == 1 || graph.Len(shape[2:]) == 1
}

// Size is the bytes of the value's own buffer, halo included. Only for whole layouts.
func (l Layout) Size() int {
	if l.Order == InOrder {
		return l.Width * graph.Len(l.Shape)
	}
	return l.Shape[0] * l.Stride[0]
}

// chooseHalos gives every value the zeros that its readers want around it, and the floats that stand in for
// it those of the value.
func chooseHalos(p *Plan) error {
	p.halos = make([]Halo, len(p.Graph.Values))
	for _, n := range p.Graph.Nodes {
		if want := p.operators(n.Op).Halo; want != nil {
			p.halos[n.Inputs[0]] = p.halos[n.Inputs[0]].Max(want(p.Graph, n))
		}
	}
	for i := range p.Steps {
		for _, c := range p.Steps[i].Decode {
			p.halos[c.To] = p.halos[c.From]
		}
	}
	return nil
}
