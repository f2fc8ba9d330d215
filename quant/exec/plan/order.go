package plan

import "github.com/quantscope/quantscope/quant/graph"

// Order is the order in which the elements of a value lie in memory.
type Order int

// The orders. Images and what goes between them have channels last, all else the order of ONNX.
const (
	InOrder      Order = iota // as in ONNX: C order of the dimensions
	ChannelsLast              // dimension 1 is innermost, the others are as in ONNX
)

// chooseOrders gives every value its order. A value is an image if an operator slides over it, or if it goes
// with an image through operators that keep the dimensions what they are. The shape does not tell: the heads of an
// attention have four dimensions too, and so has what a transposed image is.
func chooseOrders(p *Plan) error {
	g := p.Graph
	kin := make(sets, len(g.Values))
	for v := range kin {
		kin[v] = graph.ValueID(v)
	}
	var images []graph.ValueID
	for _, n := range g.Nodes {
		op := p.operators(n.Op)
		first := graph.None
		for _, v := range append(n.Outputs[:len(n.Outputs):len(n.Outputs)], n.Inputs...) {
			if v == graph.None || len(g.Values[v].Shape) != 4 {
				continue
			}
			if op.Images {
				images = append(images, v)
			}
			if op.Rearranges {
				continue
			}
			if first == graph.None {
				first = v
			}
			kin.join(first, v)
		}
	}
	image := make([]bool, len(g.Values))
	for _, v := range images {
		image[kin.of(v)] = true
	}
	p.orders = make([]Order, len(g.Values))
	for v := range p.orders {
		if image[kin.of(graph.ValueID(v))] {
			p.orders[v] = ChannelsLast
		}
	}
	return nil
}

// Order is how the elements of v lie.
func (p *Plan) Order(v graph.ValueID) Order { return p.orders[v] }

// ChannelsInner reports whether dimension 1 of v is innermost in memory.
func (p *Plan) ChannelsInner(v graph.ValueID) bool {
	return channelsInner(p.orders[v], p.Graph.Values[v].Shape)
}

// ChannelsInner reports whether dimension 1 is innermost.
func (l Layout) ChannelsInner() bool { return channelsInner(l.Order, l.Shape) }

func channelsInner(o Order, shape []int) bool { return o == ChannelsLast || len(shape) == 2 }

// sets are disjoint sets of values; each names another of its set, the one that stands for it itself.
type sets []graph.ValueID

func (s sets) of(v graph.ValueID) graph.ValueID {
	for s[v] != v {
		s[v] = s[s[v]]
		v = s[v]
	}
	return v
}

func (s sets) join(a, b graph.ValueID) { s[s.of(a)] = s.of(b) }
