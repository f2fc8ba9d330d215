package refine

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// pair is two layers between which channels can be scaled: what a channel of the first becomes is read by
// the second and nobody else, and nothing on the way mixes channels.
type pair struct {
	first, second layer
	spread        int   // inputs of the second, side by side, for each output channel of the first
	between       []int // nodes
}

// pairsOf finds the pairs of g in the order of the network.
func pairsOf(g *graph.Graph) []pair {
	layers, readers := layersOf(g), g.Consumers()
	var pairs []pair
	for n := range g.Nodes {
		first, ok := layers[n]
		if !ok {
			continue
		}
		p := pair{first: first, spread: 1}
		v := first.output(g)
		axis := first.axis(g.Values[v].Shape)
		for {
			if slices.Contains(g.Outputs, v) || len(readers[v]) != 1 {
				break
			}
			next := readers[v][0]
			if second, ok := layers[next]; ok && g.Nodes[next].Inputs[0] == v {
				if p.second = second; second.in == first.out*p.spread && second.axis(g.Values[v].Shape) == axis {
					pairs = append(pairs, p)
				}
				break
			}
			spread, ok := passes(g, g.Nodes[next], v, axis)
			if !ok {
				break
			}
			p.spread *= spread
			p.between = append(p.between, next)
			v = g.Nodes[next].Outputs[0]
		}
	}
	return pairs
}

// passes tells whether a node gives t times its output for t times channel c of its input v, for each
// channel, along axis, by itself, or can be made to; spread is into how many elements side by side a channel
// goes.
func passes(g *graph.Graph, n graph.Node, v graph.ValueID, axis int) (spread int, ok bool) {
	shape := g.Values[v].Shape
	switch op := n.Op.(type) {
	case graph.Relu, graph.LeakyRelu, graph.SiLU:
		return 1, true
	case graph.PRelu:
		return 1, n.Inputs[0] == v
	case graph.MaxPool, graph.AveragePool, graph.GlobalAveragePool:
		return 1, axis == 1
	case graph.Clip:
		return 1, op.Lo == 0 && op.Hi > 0
	case graph.Pad:
		return 1, op.Mode == graph.PadConstant && op.Value == 0 && op.Before[axis] == 0 && op.After[axis] == 0
	case graph.Reshape:
		switch to := op.Shape; {
		case axis != 1 || len(to) < 2 || to[0] != shape[0]:
		case to[1] == shape[1]:
			return 1, true
		case len(to) == 2:
			return graph.Len(shape[2:]), true
		}
	}
	return 0, false
}
