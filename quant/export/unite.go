package export

import (
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
)

// united is c with nodes that read one constant in the place of several which are the same tensor, quantized alike: copies of a
// module have such weights, and a file holds them once, as it does where a module is not copied.
func united(c *calibrate.Calibrated) *calibrate.Calibrated {
	of := quantizerOf(c)
	alike := func(v, w graph.ValueID) bool {
		p, q := of[v], of[w]
		return p < 0 && q < 0 || p >= 0 && q >= 0 && c.Params[p].Equal(c.Params[q])
	}
	first := map[*graph.Tensor][]graph.ValueID{}
	out := *c
	out.Graph = c.Graph.Clone()
	for i := range out.Graph.Nodes {
		n := &out.Graph.Nodes[i]
		for k, v := range n.Inputs {
			if v == graph.None || c.Graph.Values[v].Const == nil {
				continue
			}
			same := first[c.Graph.Values[v].Const]
			if at := slices.IndexFunc(same, func(w graph.ValueID) bool { return alike(v, w) }); at >= 0 {
				n.Inputs[k] = same[at]
			} else {
				first[c.Graph.Values[v].Const] = append(same, v)
			}
		}
	}
	return &out
}
