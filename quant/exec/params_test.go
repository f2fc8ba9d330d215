package exec_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/scheme"
)

// constants are the values of g that can be parameters.
func constants(g *graph.Graph) []graph.ValueID {
	var all []graph.ValueID
	for v, x := range g.Values {
		if x.Const != nil {
			all = append(all, graph.ValueID(v))
		}
	}
	return all
}

// rearranged tells whether constant weights are computed with in another order than those of parameters: a
// normalization is folded into them, they are transformed, or sums do not begin with the bias.
func (n *network) rearranged() bool {
	return slices.ContainsFunc(n.Graph.Nodes, func(x graph.Node) bool {
		switch op := x.Op.(type) {
		case graph.BatchNormalization:
			return true
		case graph.Gemm:
			return len(x.Inputs) > 2 && graph.Len(n.Graph.Values[x.Inputs[2]].Shape) == 1
		case graph.Conv:
			return op.Group == 1 && slices.Equal(op.Kernel, []int{3, 3}) && slices.Equal(op.Strides, []int{1, 1})
		}
		return false
	})
}

// TestParams runs every network of the integer tests with all its constants as parameters, in float and
// simulated, against the same as constants: the same bits where the arithmetic is the same.
func TestParams(t *testing.T) {
	same := 0
	for _, c := range integerCases() {
		t.Run(c.name, func(t *testing.T) {
			for _, rule := range []scheme.Rule{scheme.PyTorch, scheme.ONNX} {
				n := &network{Builder: graphtest.New(t), t: t, rule: rule}
				n.Outputs(c.build(n)...)
				for _, g := range []*graph.Graph{n.Graph, n.quantized()} {
					if g != n.Graph && n.rearranged() { // other sums fall on other sides of ties
						continue
					}
					item := n.spread(1)[0]
					want := n.outputs(g, exec.Config{Pool: exec.Compiled}, item)
					got := n.outputs(g, exec.Config{Pool: exec.Compiled, Params: constants(g)}, item)
					for i := range want {
						if !n.rearranged() {
							n.same("output", got[i], want[i], nil)
							same++
							continue
						}
						for k := range want[i] {
							if d := math.Abs(float64(got[i][k] - want[i][k])); d > 2e-5*(1+math.Abs(float64(want[i][k]))) {
								t.Fatalf("output %d[%d] is %v, as constants %v", i, k, got[i][k], want[i][k])
							}
						}
					}
				}
			}
		})
	}
	if same < 50 {
		t.Errorf("only %d outputs were compared bit for bit", same)
	}
}

// TestSetAndUpdate: a parameter keeps what it is given, in ONNX order whatever its layout, and becomes at the
// end of a run what an update says; updates see the values of the run, each other's too.
func TestSetAndUpdate(t *testing.T) {
	n := &network{Builder: graphtest.New(t), t: t, rule: scheme.PyTorch}
	x, w := n.Input("x", 1, 3, 4, 4), n.Random("w", 5, 3, 2, 2)
	m := n.Input("m", 5, 3, 2, 2)
	p := n.perChannel(w)
	rounds := n.quants[0].FakeQuantize
	y := n.Node("conv", kernel(2, 1, 0, 1), x, n.Node("rounded", rounds, p))
	half := n.Const("half", []float32{0.5})
	next := n.Node("next", graph.Mul{}, m, half)
	n.Outputs(y, next)
	config := exec.Config{Pool: exec.Compiled, Params: []graph.ValueID{w, m}, Updates: []exec.Update{{Param: w, From: m}, {Param: m, From: next}}}
	image, err := exec.Compile(context.Background(), n.Graph, config)
	if err != nil {
		t.Fatal(err)
	}
	b, err := image.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if image, err = exec.Decode(b); err != nil {
		t.Fatal(err)
	}
	r, err := exec.Load(image, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	first := n.Graph.Values[w].Const.F
	if !slices.Equal(r.Get(w), first) || slices.ContainsFunc(r.Get(m), func(v float32) bool { return v != 0 }) {
		t.Fatal("a parameter does not hold at first what it is")
	}
	given := make([]float32, len(first))
	for i := range given {
		given[i] = float32(i) / 64
	}
	if err := r.Set(m, given); err != nil {
		t.Fatal(err)
	}
	if err := r.Set(m, given[1:]); err == nil || !strings.Contains(err.Error(), "60 numbers, got 59") {
		t.Errorf("error %v", err)
	}
	item := []float32{}
	for i := range 48 {
		item = append(item, float32(i%7)-3)
	}
	c, err := r.Clone()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	weights := first
	for step := range 3 {
		if err := r.Run(t.Context(), item); err != nil {
			t.Fatal(err)
		}
		n.Graph.Values[w].Const = &graph.Tensor{Shape: []int{5, 3, 2, 2}, F: weights}
		want := n.outputs(n.Graph, exec.Config{Pool: exec.Compiled}, [][]float32{item, given})[0]
		n.same("output", r.Output(0), want, nil)
		weights, given = given, slices.Clone(given)
		for i := range given {
			given[i] /= 2
		}
		if !slices.Equal(r.Get(w), weights) || !slices.Equal(r.Get(m), given) {
			t.Fatalf("after step %d: w %v, m %v", step, r.Get(w), r.Get(m))
		}
	}
	if !slices.Equal(c.Get(w), first) {
		t.Error("a run changed the clone's parameters")
	}
}

// TestParamsOnIntegers: an integer run reads a parameter that is an activation as codes, and the update of one
// from codes gives it floats.
func TestParamsOnIntegers(t *testing.T) {
	n := &network{Builder: graphtest.New(t), t: t, rule: scheme.PyTorch}
	x, h := n.u8(n.Input("x", 1, 4), 1./32, 128), n.u8(n.Input("h", 1, 4), 1./64, 128)
	y := n.u8(n.Node("sum", graph.Add{}, x, h), 1./64, 128)
	n.Outputs(y)
	g := n.quantized()
	h = g.Inputs[1] // before it is rounded
	r, err := exec.New(t.Context(), g, exec.Config{Pool: exec.Compiled, Integer: true, Params: []graph.ValueID{h}, Updates: []exec.Update{{Param: h, From: y}}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if !n.forms(r)[0].Integer {
		t.Fatalf("%+v", n.forms(r)[0])
	}
	for _, want := range [][]float32{{0.25, -0.25, 1, 0}, {0.5, -0.5, 127. / 64, 0}} {
		if err := r.Run(t.Context(), []float32{0.25, -0.25, 1, 0}); err != nil {
			t.Fatal(err)
		}
		if got := r.Output(0); !slices.Equal(got, want) || !slices.Equal(r.Get(h), want) {
			t.Errorf("output %v, parameter %v, want %v", got, r.Get(h), want)
		}
	}
}

// TestNoParams: what cannot be a parameter, or be updated, is named.
func TestNoParams(t *testing.T) {
	n := &network{Builder: graphtest.New(t), t: t}
	x, w := n.Input("x", 2, 3), n.Random("w", 2, 3)
	y := n.Node("y", graph.Add{}, x, w)
	n.Outputs(y, n.Node("flat", graph.Transpose{Perm: []int{1, 0}}, y))
	flat := n.Graph.Outputs[1]
	for _, c := range []struct {
		want    string
		params  []graph.ValueID
		updates []exec.Update
	}{
		{`"y_out" cannot be a parameter`, []graph.ValueID{y}, nil},
		{`"w" is given twice`, []graph.ValueID{w, w}, nil},
		{`"w" cannot be updated`, nil, []exec.Update{{Param: w, From: y}}},
		{`"w" is updated twice`, []graph.ValueID{w}, []exec.Update{{Param: w, From: y}, {Param: w, From: x}}},
		{`"w" has shape [2 3] and cannot become "flat_out"`, []graph.ValueID{w}, []exec.Update{{Param: w, From: flat}}},
	} {
		if _, err := exec.New(t.Context(), n.Graph, exec.Config{Params: c.params, Updates: c.updates}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}
