package plan

// Order is the order in which the elements of a value lie in memory.
type Order int

// The orders. Operators that slide a window over images, what works channel by channel and what goes between
// them have channels last, all others the order of ONNX.
const (
	InOrder      Order = iota // as in ONNX: C order of the dimensions
	ChannelsLast              // dimension 1 is innermost, the others are as in ONNX
)

// OrderOf is the order of values of that shape. Nothing else knows which values are images: everything asks a
// value's Layout, or here before there is one.
func OrderOf(shape []int) Order {
	if len(shape) == 4 {
		return ChannelsLast
	}
	return InOrder
}

// ChannelsInner reports whether dimension 1 of values of that shape is innermost in memory.
func ChannelsInner(shape []int) bool { return OrderOf(shape) == ChannelsLast || len(shape) == 2 }

// chooseOrders gives every value its order.
func chooseOrders(p *Plan) error {
	p.orders = make([]Order, len(p.Graph.Values))
	for v := range p.Graph.Values {
		p.orders[v] = OrderOf(p.Graph.Values[v].Shape)
	}
	return nil
}
