package refine

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// editor changes the constants of a graph, and gates.
type editor struct {
	*graph.Builder
	owned map[graph.ValueID]bool
	gates map[int]gate
}

// gate is the factors of a SiLU node's channels, and along which axis they lie.
type gate struct {
	t    []float32
	axis int
}

func edit(g *graph.Graph) *editor {
	return &editor{graph.Edit(g), map[graph.ValueID]bool{}, map[int]gate{}}
}

// own gives the numbers of a constant to change.
func (e *editor) own(v graph.ValueID) []float32 {
	value := &e.Graph.Values[v]
	if !e.owned[v] {
		e.owned[v] = true
		t := *value.Const
		t.F, t.Params, t.Codes = slices.Clone(t.F), nil, nil
		value.Const = &t
	}
	return value.Const.F
}

// done is the changed graph.
func (e *editor) done() *graph.Graph {
	if len(e.gates) == 0 {
		return e.Graph
	}
	b := graph.Rewrite(e.Graph)
	for i, n := range e.Graph.Nodes {
		if s, ok := e.gates[i]; ok {
			s.scale(b, n)
		} else {
			b.Append(n)
		}
	}
	return b.Graph
}

// scale makes of a SiLU node, whose input channels are divided by t, nodes that give its output so divided:
// x/t·sigmoid(t·(x/t)).
func (s gate) scale(b *graph.Builder, n graph.Node) {
	shape := slices.Repeat([]int{1}, len(b.Graph.Values[n.Inputs[0]].Shape))
	shape[s.axis] = len(s.t)
	factor := b.Const(n.Name+"_factor", &graph.Tensor{Shape: shape, F: slices.Clone(s.t)})
	sigmoid := b.Node(n.Name+"_gate", graph.Sigmoid{}, b.Node(n.Name+"_scaled", graph.Mul{}, n.Inputs[0], factor))
	b.Append(graph.Node{Name: n.Name, Op: graph.Mul{}, Inputs: []graph.ValueID{n.Inputs[0], sigmoid}, Outputs: n.Outputs})
}
