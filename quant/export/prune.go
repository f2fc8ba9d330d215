package export

import "github.com/quantscope/quantscope/quant/graph"

// prune gives g without the constants that nothing reads: the float weights that integers stand for
// now, and what folding left behind.
func prune(g *graph.Graph) *graph.Graph {
	read := make([]bool, len(g.Values))
	for _, n := range g.Nodes {
		for _, v := range n.Inputs {
			if v != graph.None {
				read[v] = true
			}
		}
	}
	for _, v := range g.Outputs {
		read[v] = true
	}
	out := *g
	out.Values = nil
	to := make([]graph.ValueID, len(g.Values))
	for i, v := range g.Values {
		if to[i] = graph.None; read[i] || v.Const == nil {
			to[i] = graph.ValueID(len(out.Values))
			out.Values = append(out.Values, v)
		}
	}
	move := func(ids []graph.ValueID) []graph.ValueID {
		moved := make([]graph.ValueID, len(ids))
		for i, v := range ids {
			if moved[i] = graph.None; v != graph.None {
				moved[i] = to[v]
			}
		}
		return moved
	}
	out.Nodes = make([]graph.Node, len(g.Nodes))
	for i, n := range g.Nodes {
		out.Nodes[i] = graph.Node{Name: n.Name, Op: n.Op, Inputs: move(n.Inputs), Outputs: move(n.Outputs)}
	}
	out.Inputs, out.Outputs = move(g.Inputs), move(g.Outputs)
	return &out
}
