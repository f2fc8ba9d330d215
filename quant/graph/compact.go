package graph

// Compact gives g without the nodes that lead to no output, which folding may have left, and the values
// that nothing refers to. Inputs stay even where nothing reads them.
func Compact(g *Graph) *Graph {
	live := make([]bool, len(g.Values))
	for _, v := range g.Outputs {
		live[v] = true
	}
	keep := make([]bool, len(g.Nodes))
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		n := &g.Nodes[i]
		for _, v := range n.Outputs {
			keep[i] = keep[i] || v != None && live[v]
		}
		if !keep[i] {
			continue
		}
		for _, list := range [...][]ValueID{n.Inputs, n.Outputs} {
			for _, v := range list {
				if v != None {
					live[v] = true
				}
			}
		}
	}
	for _, v := range g.Inputs {
		live[v] = true
	}
	out := &Graph{Name: g.Name, Batch: g.Batch, Notes: g.Notes}
	to := make([]ValueID, len(g.Values))
	for i, v := range g.Values {
		to[i] = None
		if live[i] {
			to[i] = ValueID(len(out.Values))
			out.Values = append(out.Values, v)
		}
	}
	move := func(ids []ValueID) []ValueID {
		moved := make([]ValueID, len(ids))
		for i, id := range ids {
			if moved[i] = None; id != None {
				moved[i] = to[id]
			}
		}
		return moved
	}
	for i, n := range g.Nodes {
		if keep[i] {
			out.Nodes = append(out.Nodes, Node{Name: n.Name, Op: n.Op, Inputs: move(n.Inputs), Outputs: move(n.Outputs)})
		}
	}
	out.Inputs, out.Outputs = move(g.Inputs), move(g.Outputs)
	return out
}
