package refine

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// editor changes a clone of a graph.
type editor struct {
	g      *graph.Graph
	owned  map[graph.ValueID]bool
	behind map[int][]graph.Node // nodes to put behind a node
}

// own gives the numbers of a constant to change.
func (e *editor) own(v graph.ValueID) []float32 {
	if !e.owned[v] {
		e.owned[v] = true
		t := *e.g.Values[v].Const
		t.F, t.Params, t.Codes = slices.Clone(t.F), nil, nil
		e.g.Values[v].Const = &t
	}
	return e.g.Values[v].Const.F
}

// scaleGate makes SiLU node n, whose input channels are divided by t, give its output so divided:
// x/t·sigmoid(t·(x/t)).
func (e *editor) scaleGate(n int, t []float32) {
	if !slices.ContainsFunc(t, func(x float32) bool { return x != 1 }) {
		return
	}
	node := &e.g.Nodes[n]
	x, y := node.Inputs[0], node.Outputs[0]
	like := e.g.Values[x]
	shape := slices.Repeat([]int{1}, len(like.Shape))
	shape[1] = len(t)
	factor := e.value(graph.Value{Name: node.Name + "_factor", Shape: shape, Const: &graph.Tensor{Shape: shape, F: slices.Clone(t)}})
	made := func(name string) graph.ValueID {
		return e.value(graph.Value{Name: name + "_out", DType: like.DType, Shape: like.Shape})
	}
	name := node.Name
	scaled, gate := made(name+"_scaled"), made(name+"_gate")
	*node = graph.Node{Name: name + "_scaled", Op: graph.Mul{}, Inputs: []graph.ValueID{x, factor}, Outputs: []graph.ValueID{scaled}}
	e.behind[n] = []graph.Node{
		{Name: name + "_gate", Op: graph.Sigmoid{}, Inputs: []graph.ValueID{scaled}, Outputs: []graph.ValueID{gate}},
		{Name: name, Op: graph.Mul{}, Inputs: []graph.ValueID{x, gate}, Outputs: []graph.ValueID{y}},
	}
}

// value adds a value; its name gets a dash at the end while it is another one's.
func (e *editor) value(v graph.Value) graph.ValueID {
	for slices.ContainsFunc(e.g.Values, func(o graph.Value) bool { return o.Name == v.Name }) {
		v.Name += "_"
	}
	e.g.Values = append(e.g.Values, v)
	return graph.ValueID(len(e.g.Values) - 1)
}

// done is the changed graph.
func (e *editor) done() *graph.Graph {
	var nodes []graph.Node
	for i, n := range e.g.Nodes {
		nodes = append(append(nodes, n), e.behind[i]...)
	}
	e.g.Nodes = nodes
	return e.g
}
