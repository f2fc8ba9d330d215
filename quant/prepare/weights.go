package prepare

import (
	"strings"

	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
)

// ChannelAxis is the axis of the output channels of node n's weight, -1 for a node that has none.
func (p *Prepared) ChannelAxis(n int) int {
	if axis, ok := weightAxis(p.Graph, n); ok {
		return axis
	}
	return -1
}

// weightAxis tells whether a node has a weight and along which of its axes lie the output channels
// (spec §1.1): 0; of a transposed convolution 1; of a linear layer the axis that is not summed over.
func weightAxis(g *graph.Graph, n int) (axis int, ok bool) {
	node := g.Nodes[n]
	if len(node.Inputs) < 2 || g.Values[node.Inputs[1]].Const == nil {
		return 0, false
	}
	op, ok := node.Op.(graph.Weighted)
	if !ok {
		return 0, false
	}
	axis, _ = op.OutputChannels()
	switch op.(type) {
	case graph.MatMul:
		ok = len(g.Values[node.Inputs[1]].Shape) == 2 && g.Values[node.Inputs[0]].Const == nil
	case graph.Gemm:
		ok = g.Values[node.Inputs[0]].Const == nil
	}
	return axis, ok
}

// recurrentWeights are what a recurrent layer multiplies its input and its state by, [directions, gates, size], nil if
// node n is none or they are computed. MQBench knows no such layer; the names are those of PyTorch's quantizable one.
func recurrentWeights(g *graph.Graph, n int) []graph.ValueID {
	node := g.Nodes[n]
	if _, ok := node.Op.(graph.Recurrent); !ok || g.Values[node.Inputs[1]].Const == nil || g.Values[node.Inputs[2]].Const == nil {
		return nil
	}
	return node.Inputs[1:3]
}

// path is the scope of node n, or its name where that tells none.
func (p placement) path(n int) string {
	if path := fuse.Scope(p.graph.Nodes[n].Name); path != "" {
		return path
	}
	return p.graph.Nodes[n].Name
}

// Bias is the constant that a layer, of these nodes, adds to its products, None for none.
func Bias(g *graph.Graph, layer []int) graph.ValueID {
	bias := graph.None
	node := g.Nodes[layer[0]]
	if _, ok := node.Op.(graph.MatMul); ok { // its bias is an Add of its own
		for _, i := range layer[1:] {
			if _, ok := g.Nodes[i].Op.(graph.Add); ok {
				if bias = g.Nodes[i].Inputs[0]; g.Values[bias].Const == nil {
					bias = g.Nodes[i].Inputs[1]
				}
			}
		}
	} else if len(node.Inputs) > 2 {
		bias = node.Inputs[2]
	}
	if bias == graph.None || g.Values[bias].Const == nil {
		return graph.None
	}
	return bias
}

// bias is that of unit n.
func (p placement) bias(n int) graph.ValueID {
	var layer []int
	for i := n; i <= p.last[n]; i++ {
		if p.unit[i] == n {
			layer = append(layer, i)
		}
	}
	return Bias(p.graph, layer)
}

// activationName is MQBench's: the producing node's name; of a node with several outputs the value's.
func activationName(g *graph.Graph, v graph.ValueID, producer int) string {
	name := g.Values[v].Name
	if producer >= 0 && len(g.Nodes[producer].Outputs) == 1 {
		name = g.Nodes[producer].Name
	}
	if g.Values[v].Const != nil {
		name = strings.ReplaceAll(name, ".", "_")
	}
	return name + "_post_act_fake_quantizer"
}
