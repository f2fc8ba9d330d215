package graph

// Compact gives g without the nodes that lead to no output, which folding may have left, and the values
// that nothing refers to. Inputs stay even where nothing reads them.
func Compact(g *Graph) *Graph {
	keep, live := Alive(g)
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

// Alive tells for each node whether it leads to an output of g, and for each value whether such a node or g's outputs
// have it.
func Alive(g *Graph) (nodes, values []bool) {
	nodes, values = make([]bool, len(g.Nodes)), make([]bool, len(g.Values))
	for _, v := range g.Outputs {
		values[v] = true
	}
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		n := &g.Nodes[i]
		for _, v := range n.Outputs {
			nodes[i] = nodes[i] || v != None && values[v]
		}
		if !nodes[i] {
			continue
		}
		for _, list := range [...][]ValueID{n.Inputs, n.Outputs} {
			for _, v := range list {
				if v != None {
					values[v] = true
				}
			}
		}
	}
	return nodes, values
}
