package prepare

import "github.com/quantscope/quantscope/quant/graph"

// nonNegative tells of every value whether it cannot be below zero: it comes from a ReLU or ReLU6, or by
// averages, maxima and sums from such values. For OpenVINO its codes are then 0 to 255 with zero point 0, at
// twice the resolution.
func nonNegative(g *graph.Graph) []bool {
	known := make([]bool, len(g.Values))
	for _, n := range g.Nodes {
		op, ok := n.Op.(graph.NonNegative)
		if !ok {
			continue
		}
		var in []bool
		for _, v := range n.Inputs {
			if v != graph.None {
				in = append(in, known[v])
			}
		}
		holds := op.NonNegative(in)
		for _, v := range n.Outputs {
			if v != graph.None {
				known[v] = holds
			}
		}
	}
	return known
}
