package graph

// Gate is the index of that input of n, a Mul, which is a Sigmoid or HardSigmoid of the other: a SiLU or HardSwish that
// the file splits. It is -1 where there is none. producers are g.Producers().
func (g *Graph) Gate(n Node, producers []int) int {
	if _, ok := n.Op.(Mul); !ok {
		return -1
	}
	for i, v := range n.Inputs {
		if producers[v] < 0 {
			continue
		}
		switch p := g.Nodes[producers[v]]; p.Op.(type) {
		case Sigmoid, HardSigmoid:
			if p.Inputs[0] == n.Inputs[1-i] {
				return i
			}
		}
	}
	return -1
}
