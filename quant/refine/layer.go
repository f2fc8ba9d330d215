package refine

import (
	"slices"

	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/prepare"
)

// layer is a convolution or linear layer as a matrix of kernels between input and output channels.
type layer struct {
	node         int   // of the anchor
	nodes        []int // of the module
	weight, bias graph.ValueID
	in, out      int // channels
	along        int // axis of the weight where the output channels lie
	groups       int
	op           graph.Op
	shape        []int // of the weight
}

// layersOf finds the layers of g whose weights and biases nobody else reads, by their first node.
func layersOf(g *graph.Graph) map[int]layer {
	readers := g.Consumers()
	own := func(v graph.ValueID) bool { return len(readers[v]) == 1 && !slices.Contains(g.Outputs, v) }
	layers := map[int]layer{}
	for _, m := range fuse.Singles(g) {
		n := g.Nodes[m.Nodes[0]]
		if len(n.Inputs) < 2 || g.Values[n.Inputs[1]].Const == nil || g.Values[n.Inputs[0]].Const != nil {
			continue
		}
		l := layer{node: m.Nodes[0], nodes: m.Nodes, weight: n.Inputs[1], bias: prepare.Bias(g, m.Nodes), op: n.Op, shape: g.Values[n.Inputs[1]].Shape}
		op, ok := n.Op.(graph.Weighted)
		if !ok {
			continue
		}
		if l.along, l.groups = op.OutputChannels(); l.along == 0 {
			l.out, l.in = l.shape[0], l.shape[1]*l.groups
		} else {
			l.out, l.in = l.shape[1]*l.groups, l.shape[0]
		}
		if given := len(n.Inputs) > 2 && n.Inputs[2] != graph.None; given && l.bias == graph.None || l.bias != graph.None && !(own(l.bias) && len(g.Values[l.bias].Const.F) == l.out) {
			continue // a bias that is computed, shared, or the same number for all channels
		}
		if own(l.weight) {
			layers[l.node] = l
		}
	}
	return layers
}

// axis is that of the layer's channels, in what it reads and in what it makes: 1 of a convolution, the last
// of a linear layer.
func (l layer) axis(shape []int) int {
	if _, ok := l.op.(graph.Windowed); ok {
		return 1
	}
	return len(shape) - 1
}

// each calls f for every element of the weight, in its order, with its channels.
func (l layer) each(f func(i, in, out int)) {
	first, second, inner := l.shape[0], l.shape[1], graph.Len(l.shape[2:])
	i := 0
	for a := range first {
		for b := range second {
			in, out := b, a
			if l.along == 0 {
				in += a / (l.out / l.groups) * second
			} else {
				in, out = a, b+a/(l.in/l.groups)*second
			}
			for range inner {
				f(i, in, out)
				i++
			}
		}
	}
}

// output is what the layer makes, its bias added.
func (l layer) output(g *graph.Graph) graph.ValueID {
	return g.Nodes[l.nodes[len(l.nodes)-1]].Outputs[0]
}

// widest is the greatest magnitude of each output channel of w, or, for inputs, of each input channel;
// spread is how many inputs lie behind each other for one channel of the layer before. Only the first
// outputs count.
func (l layer) widest(w []float32, inputs bool, spread, outputs int) []float32 {
	n := l.out
	if inputs {
		n = l.in / spread
	}
	r := make([]float32, n)
	l.each(func(i, in, out int) {
		c := out
		if inputs {
			c = in / spread
		}
		if out >= outputs {
			return
		}
		if x := w[i]; x > r[c] {
			r[c] = x
		} else if -x > r[c] {
			r[c] = -x
		}
	})
	return r
}
