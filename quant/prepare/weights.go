package prepare

import (
	"strings"

	"github.com/quantscope/quantscope/quant/graph"
)

// weightAxis tells whether a node has a weight and along which of its axes lie the output channels
// (spec §1.1): 0; of a transposed convolution 1; of a linear layer the axis that is not summed over.
func weightAxis(g *graph.Graph, n int) (axis int, ok bool) {
	node := g.Nodes[n]
	if len(node.Inputs) < 2 || g.Values[node.Inputs[1]].Const == nil {
		return 0, false
	}
	switch op := node.Op.(type) {
	case graph.Conv:
		return 0, true
	case graph.ConvTranspose:
		return 1, true
	case graph.Gemm:
		if op.TransB {
			return 0, g.Values[node.Inputs[0]].Const == nil
		}
		return 1, g.Values[node.Inputs[0]].Const == nil
	case graph.MatMul:
		return 1, len(g.Values[node.Inputs[1]].Shape) == 2 && g.Values[node.Inputs[0]].Const == nil
	}
	return 0, false
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
