package onnx

import (
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
)

// types are the operators of a graph, in order.
func types(g *graph.Graph) string {
	var names []string
	for _, n := range g.Nodes {
		names = append(names, n.Op.Type())
	}
	return strings.Join(names, " ")
}

// calling is a model that calls functions: twice is Leaky of Leaky, whose slope the call gives or the default does.
func calling() *Model {
	leaky := node("LeakyRelu", "a", "b", Attr{Name: "alpha", Ref: "slope"})
	m := model(17, []Node{node("Twice", "x", "h k", Real("slope", 0.5)), node("Leaky", "k", "l"), node("Add", "h l", "y")})
	for i := range m.Graph.Nodes[:2] {
		m.Graph.Nodes[i].Domain = "own"
	}
	inner := []Node{node("Leaky", "p", "q", Attr{Name: "slope", Ref: "slope"}), node("Leaky", "q", "r")}
	inner[0].Domain, inner[1].Domain = "own", "own"
	m.Functions = []Function{
		{Name: "Leaky", Domain: "own", Inputs: []string{"a"}, Outputs: []string{"b"}, Nodes: []Node{leaky}, Defaults: []Attr{Real("slope", 0.25)}},
		{Name: "Twice", Domain: "own", Inputs: []string{"p"}, Outputs: []string{"r", "p"}, Nodes: inner, Opsets: []Opset{{Version: 17}}},
	}
	return m
}

func TestFunctions(t *testing.T) {
	g := build(t, calling(), Options{})
	if got := types(g); got != "LeakyRelu LeakyRelu LeakyRelu Add" {
		t.Fatal(got)
	}
	var slopes []float32
	for _, n := range g.Nodes[:3] {
		slopes = append(slopes, n.Op.(graph.LeakyRelu).Alpha)
	}
	if slices.Sort(slopes); !slices.Equal(slopes, []float32{0.25, 0.25, 0.5}) {
		t.Errorf("slopes %v", slopes)
	}
	for name, c := range map[string]struct {
		change func(m *Model)
		want   string
	}{
		"endless": {func(m *Model) { m.Functions[0].Nodes = append(m.Functions[0].Nodes, m.Graph.Nodes[0]) }, "without end"},
		"many": {func(m *Model) {
			for range 17 {
				m.Functions[1].Nodes = append(m.Functions[1].Nodes, m.Functions[1].Nodes...)
			}
		}, "nodes"},
		"opset":  {func(m *Model) { m.Functions[1].Opsets[0].Version = 11 }, `node "Twice_h": function "Twice": it is of opset 11, the model of 17`},
		"inputs": {func(m *Model) { m.Graph.Nodes[1].Inputs = []string{"x", "x"} }, "takes 1 inputs"},
		"alone":  {func(m *Model) { m.Graph.Nodes[2].Attrs = []Attr{{Name: "axis", Ref: "axis"}} }, "the node is in none"},
	} {
		m := calling()
		c.change(m)
		if _, err := ToGraph(m, Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// choosing is an If whose branches read a value from around them, and one a constant of its own.
func choosing(cond string) *Model {
	branch := func(nodes ...Node) *Graph {
		return &Graph{Nodes: nodes, Outputs: []ValueInfo{{Name: nodes[len(nodes)-1].Outputs[0]}}}
	}
	then := branch(node("Relu", "h", "t"), node("Add", "t c", "u"))
	then.Initializers = []Tensor{reals("c", 2)}
	other := branch(node("Sigmoid", "h", "t"))
	choice := node("If", cond, "y", Attr{Name: "then_branch", Type: AttrGraph, G: then}, Attr{Name: "else_branch", Type: AttrGraph, G: other})
	return model(17, []Node{choice, node("Tanh", "x", "h"), node("ReduceMax", "x", "m", Flag("keepdims", false)), node("Greater", "m zero", "g")},
		FromInts("yes", Bool, []int64{}, []int64{1}), FromInts("no", Bool, []int64{}, []int64{0}), FromFloats("zero", []int64{}, []float32{0}))
}

func TestIf(t *testing.T) {
	for cond, want := range map[string]string{
		"yes": "Tanh Relu Add", "no": "Tanh Sigmoid", "g": "ReduceMax Greater Tanh Relu Add Sigmoid Where",
	} {
		got := strings.Fields(types(build(t, choosing(cond), Options{})))
		words := strings.Fields(want)
		slices.Sort(got)
		if slices.Sort(words); !slices.Equal(got, words) {
			t.Errorf("%s: %v, want %v", cond, got, want)
		}
	}
	for name, c := range map[string]struct {
		change func(n *Node)
		want   string
	}{
		"no branch":  {func(n *Node) { n.Attrs = n.Attrs[:1] }, "it has no else_branch"},
		"two values": {func(n *Node) { n.Inputs[0] = "x" }, "is not one number"},
		"outputs":    {func(n *Node) { n.Attrs[0].G.Outputs = nil }, "gives 0 outputs"},
		"shapes":     {func(n *Node) { n.Attrs[1].G.Nodes[0] = node("Flatten", "h", "t") }, "only known in a run"},
		"inside":     {func(n *Node) { n.Attrs[0].G.Nodes[0].OpType = "Fresh" }, `then_branch: node "If_y/then_branch/" (Fresh)`},
		"missing":    {func(n *Node) { n.Attrs[0].G.Nodes[0].Inputs[0] = "nowhere" }, "nowhere"},
		"type":       {func(n *Node) { n.Attrs[0].G.Nodes[0] = node("Not", "h", "t") }, "has type float, want bool"},
		"attribute":  {func(n *Node) { n.Attrs[0].G.Nodes[0] = node("Concat", "h h", "t") }, `"axis" is missing`},
		"run time":   {func(n *Node) { n.Attrs[0].G.Nodes[0] = node("Reshape", "h h", "t") }, "depends on run-time data"},
		"rank":       {func(n *Node) { n.Attrs[0].G.Nodes[0] = node("Flatten", "h", "t", Int("axis", 9)) }, "outside [-8, 8]"},
	} {
		m := choosing("g")
		c.change(&m.Graph.Nodes[0])
		if _, err := ToGraph(m, Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestIfOfOneSize takes the branch that fits where the other is for inputs of another size, or of another rank, and says so.
func TestIfOfOneSize(t *testing.T) {
	for i, unfit := range []Node{node("Reshape", "h five", "t"), node("Transpose", "h", "t", Ints("perm", 0, 1, 2, 3, 4)), node("Softmax", "h", "t", Int("axis", 7))} {
		k := i % 2
		m := choosing("g")
		wrong := m.Graph.Nodes[0].Attrs[k].G
		wrong.Nodes = []Node{unfit}
		wrong.Outputs = []ValueInfo{{Name: "t"}}
		wrong.Initializers = []Tensor{FromInts("five", Int64, []int64{1}, []int64{5})}
		g := build(t, m, Options{})
		if len(g.Notes) == 0 || !strings.Contains(g.Notes[len(g.Notes)-1], "its outputs are NaN") {
			t.Error(g.Notes)
		}
		where := g.Nodes[len(g.Nodes)-1]
		if _, ok := where.Op.(graph.Where); !ok || g.Values[where.Inputs[1+k]].Const == nil {
			t.Errorf("branch %d: %v", k, where)
		}
	}
}

// TestEndlessLoop stops at loops whose turns, or the turns of loops in them, would never end.
func TestEndlessLoop(t *testing.T) {
	info := func(name string, d DataType) ValueInfo { return ValueInfo{Name: name, Known: true, ElemType: d} }
	body := func(inner ...Node) *Graph {
		return &Graph{Name: "body", Nodes: append(inner, node("Identity", "c", "d"), node("Neg", "s", "r")),
			Inputs: []ValueInfo{info("i", Int64), info("c", Bool), info("s", Float)}, Outputs: []ValueInfo{info("d", Bool), info("r", Float)}}
	}
	loop := func(g *Graph, in, out string) Node {
		return node("Loop", in, out, Attr{Name: "body", Type: AttrGraph, G: g})
	}
	yes := FromInts("yes", Bool, []int64{}, []int64{1})
	for _, n := range []Node{loop(body(), "_ _ x", "y"), loop(body(), "_ yes x", "y"), loop(body(loop(body(), "_ c s", "q")), "_ yes x", "y")} {
		_, err := ToGraph(model(16, []Node{n}, yes), Options{})
		if err == nil || !strings.Contains(err.Error(), "make them shorter") {
			t.Errorf("%v", err)
		}
	}
}
