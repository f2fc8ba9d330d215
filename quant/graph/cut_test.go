package graph_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
)

// residual is x → a → r → b → sum(b, r) → z, with a second reader of r at the end.
func residual(t *testing.T) (g *graph.Graph, item [][]float32, x, a, r, sum, z graph.ValueID) {
	b := graphtest.New(t)
	x = b.Input("x", 1, 3, 6, 6)
	a = b.Conv("a", x, 4, 1)
	r = b.Node("r", graph.Relu{}, a)
	sum = b.Node("sum", graph.Add{}, b.Conv("b", r, 4, 1), r)
	z = b.Node("z", graph.Mul{}, sum, b.Node("s", graph.Sigmoid{}, r))
	item = b.Item()
	return b.Outputs(z), item, x, a, r, sum, z
}

// values runs g and gives the values asked for.
func values(t *testing.T, g *graph.Graph, item [][]float32, of ...graph.ValueID) [][]float32 {
	t.Helper()
	run, err := exec.New(t.Context(), g, exec.Config{Keep: of})
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	if err := run.Run(t.Context(), item...); err != nil {
		t.Fatal(err)
	}
	var out [][]float32
	for _, v := range of {
		out = append(out, slices.Clone(run.Value(v)))
	}
	return out
}

// The piece between two values computes what the whole network does there.
func TestCut(t *testing.T) {
	g, item, x, _, r, sum, z := residual(t)
	whole := values(t, g, item, r, sum, z)
	for _, c := range []struct {
		name      string
		from, to  []graph.ValueID
		given     [][]float32
		want      [][]float32
		nodes     string
		constants int
	}{
		{"a block", []graph.ValueID{r}, []graph.ValueID{sum}, whole[:1], whole[1:2], "b sum", 1},
		{"its other branch", []graph.ValueID{sum, r}, []graph.ValueID{z}, [][]float32{whole[1], whole[0]}, whole[2:], "s z", 0},
		{"what is given is made too", []graph.ValueID{x, r}, []graph.ValueID{r, sum}, [][]float32{item[0], whole[0]}, whole[:2], "a r b sum", 2},
		{"all", []graph.ValueID{x}, []graph.ValueID{z}, item, whole[2:], "a r b sum s z", 2},
	} {
		p, err := graph.Cut(g, c.from, c.to)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		var nodes []string
		for i, n := range p.Nodes {
			nodes = append(nodes, n.Name)
			if g.Nodes[p.Origin[i]].Name != n.Name {
				t.Errorf("%s: node %q comes from %q", c.name, n.Name, g.Nodes[p.Origin[i]].Name)
			}
		}
		slices.Sort(nodes)
		want := strings.Fields(c.nodes)
		slices.Sort(want)
		if !slices.Equal(nodes, want) {
			t.Errorf("%s: nodes %v, want %v", c.name, nodes, want)
		}
		constants := 0
		for v, s := range p.Source {
			if !slices.Equal(p.Values[v].Shape, g.Values[s].Shape) || p.Values[v].Const != g.Values[s].Const {
				t.Errorf("%s: value %q comes from %q", c.name, p.Values[v].Name, g.Values[s].Name)
			}
			if p.Values[v].Const != nil {
				constants++
			}
		}
		if constants != c.constants {
			t.Errorf("%s: %d constants, want %d", c.name, constants, c.constants)
		}
		for i, got := range values(t, p.Graph, c.given, p.Outputs...) {
			if !slices.Equal(got, c.want[i]) {
				t.Errorf("%s: output %d differs", c.name, i)
			}
		}
	}
	if _, err := graph.Cut(g, []graph.ValueID{sum}, []graph.ValueID{z}); err == nil || !strings.Contains(err.Error(), `"x"`) {
		t.Errorf("an input that is missing: %v", err)
	}
}

// Between parts every value is handed over; inside one it is not.
func TestApart(t *testing.T) {
	g, item, _, a, r, sum, z := residual(t)
	p := graph.Apart(g, []int{0, 0, 1, 1, 2, 2}) // a r | b sum | s z
	if p.Inputs = p.Inputs[:len(p.Inputs):len(p.Inputs)]; len(p.Inputs) != 3 || len(p.Outputs) != 3 {
		t.Fatalf("%d inputs, %d outputs", len(p.Inputs), len(p.Outputs))
	}
	source := func(ids []graph.ValueID) (of []graph.ValueID) {
		for _, v := range ids {
			of = append(of, p.Source[v])
		}
		return of
	}
	if in, out := source(p.Inputs[1:]), source(p.Outputs); !slices.Equal(in, []graph.ValueID{r, sum}) || !slices.Equal(out, []graph.ValueID{r, sum, z}) {
		t.Errorf("inputs %v, outputs %v", in, out)
	}
	names := map[string]bool{}
	for _, v := range p.Values {
		if names[v.Name] {
			t.Errorf("two values are called %q", v.Name)
		}
		names[v.Name] = true
	}
	whole := values(t, g, item, a, r, sum, z)
	for i, got := range values(t, p.Graph, [][]float32{item[0], whole[1], whole[2]}, p.Outputs...) {
		if !slices.Equal(got, whole[1+i]) {
			t.Errorf("output %d differs", i)
		}
	}
}
