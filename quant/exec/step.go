package exec

import (
	"github.com/quantscope/quantscope/quant/graph"
)

// step is one operator with everything element-wise that follows it and is done while its output is
// in cache. chain lists the values on the way: the operator's own output first, then the output of
// each absorbed node; the last one is what the step leaves in the arena.
type step struct {
	node  int // index of the operator in Graph.Nodes; -1 for a graph input
	norm  int // index of a BatchNormalization folded into the weights, or -1
	chain []link
}

// link is a value of a step's chain and the absorbed node that makes it.
type link struct {
	node  int // index in Graph.Nodes; -1 for the operator's own output
	value graph.ValueID
	gate  int // node is a Mul of the value before and of what this node makes of it; -1 for none
}

// gates says what to do with gates: of finds that of a step's value v, the node S and the Mul M of
// M(v, S(v)) if they are all that reads v; last says that nothing is absorbed behind one.
type gates struct {
	of   func(s *step) (gate, mul int, ok bool)
	last bool
}

// out is the value that a step leaves in the arena.
func (s *step) out() graph.ValueID { return s.chain[len(s.chain)-1].value }

// group cuts the graph into steps. Whether a BatchNormalization is folded into the convolution before
// it depends on the graph and on observed, never on keep: keeping a value must not change a bit.
// Gates are absorbed where gated finds them.
func group(g *graph.Graph, observed, keep map[graph.ValueID]bool, gated gates) []step {
	consumers := g.Consumers()
	output := map[graph.ValueID]bool{}
	for _, v := range g.Outputs {
		output[v] = true
	}
	absorbed := make([]bool, len(g.Nodes))
	// next is the only reader of v, if it is element-wise in v and v need not stay readable.
	next := func(v graph.ValueID) (int, bool) {
		if output[v] || keep[v] || len(consumers[v]) != 1 {
			return 0, false
		}
		n := consumers[v][0]
		return n, unary(g, n, v)
	}
	extend := func(s step) step {
		for {
			if gate, mul, ok := gated.of(&s); ok {
				absorbed[gate], absorbed[mul] = true, true
				s.chain = append(s.chain, link{mul, g.Nodes[mul].Outputs[0], gate})
				if gated.last {
					return s
				}
				continue
			}
			n, ok := next(s.out())
			if !ok {
				return s
			}
			absorbed[n] = true
			s.chain = append(s.chain, link{n, g.Nodes[n].Outputs[0], -1})
		}
	}
	var steps []step
	for _, v := range g.Inputs {
		steps = append(steps, extend(step{node: -1, norm: -1, chain: []link{{-1, v, -1}}}))
	}
	for i, n := range g.Nodes {
		if absorbed[i] {
			continue
		}
		s := step{node: i, norm: -1, chain: []link{{-1, n.Outputs[0], -1}}}
		if len(n.Outputs) == 1 {
			if bn, ok := foldable(g, i, consumers, output, observed); ok {
				absorbed[bn] = true
				s.norm = bn
				s.chain[0].value = g.Nodes[bn].Outputs[0]
			}
			s = extend(s)
		}
		steps = append(steps, s)
	}
	return steps
}

// unary reports whether node n computes each element of its output from the same element of v and
// constants.
func unary(g *graph.Graph, n int, v graph.ValueID) bool {
	node := g.Nodes[n]
	if node.Inputs[0] != v || len(node.Outputs) != 1 {
		return false
	}
	return elementwise(g, node)
}

// foldable gives the BatchNormalization that may be folded into the constant weights of node n.
func foldable(g *graph.Graph, n int, consumers [][]int, output, observed map[graph.ValueID]bool) (int, bool) {
	node := g.Nodes[n]
	switch node.Op.(type) {
	case graph.Conv, graph.ConvTranspose:
	default:
		return 0, false
	}
	v := node.Outputs[0]
	if output[v] || observed[v] || len(consumers[v]) != 1 {
		return 0, false
	}
	bn := consumers[v][0]
	_, ok := g.Nodes[bn].Op.(graph.BatchNormalization)
	return bn, ok && g.Nodes[bn].Inputs[0] == v && constant(g, node.Inputs[1:]) && constant(g, g.Nodes[bn].Inputs[1:])
}

// Ends gives for every node the value that its step leaves in the arena when g runs with quants: what
// Keep can be asked for, and what the layer of a convolution hands on. A node's own output may exist
// only inside a step.
func Ends(g *graph.Graph, quants []Quant) []graph.ValueID {
	observed := map[graph.ValueID]bool{}
	for _, q := range quants {
		observed[q.Value] = true
	}
	ends := make([]graph.ValueID, len(g.Nodes))
	for _, s := range group(g, observed, nil, noGates()) {
		for _, n := range append([]int{s.node, s.norm}, nodesOf(s.chain)...) {
			if n >= 0 {
				ends[n] = s.out()
			}
		}
	}
	return ends
}

func nodesOf(chain []link) []int {
	var nodes []int
	for _, k := range chain {
		nodes = append(nodes, k.node)
	}
	return nodes
}

// noGates is what a run without quantizers has: a gate needs a kernel of its own there.
func noGates() gates {
	return gates{of: func(*step) (gate, mul int, ok bool) { return 0, 0, false }}
}
