package graph

// Recognise replaces known pairs of nodes by the one operator they spell out. The first node's output
// must have no other reader. The second node keeps its name; the first is left for compact to drop.
func Recognise(g *Graph) {
	producer, readers := g.Producers(), g.Consumers()
	output := make([]bool, len(g.Values))
	for _, v := range g.Outputs {
		output[v] = true
	}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		if _, ok := n.Op.(Mul); !ok {
			continue
		}
		single := func(v ValueID) *Node {
			if p := producer[v]; p >= 0 && !output[v] && len(readers[v]) == 1 {
				return &g.Nodes[p]
			}
			return nil
		}
		if x := geluOf(g, *n, single); x != None {
			n.Op, n.Inputs = Gelu{}, []ValueID{x}
			continue
		}
		for side := range 2 {
			gate, x := n.Inputs[side], n.Inputs[1-side]
			p := producer[gate]
			if p < 0 || output[gate] || len(readers[gate]) != 1 || g.Nodes[p].Inputs[0] != x {
				continue
			}
			op := siluOf(g.Nodes[p].Op)
			if op == nil {
				op = hardSwishOf(g.Nodes[p].Op)
			}
			if op != nil {
				n.Op, n.Inputs = op, []ValueID{x}
				break
			}
		}
	}
}
