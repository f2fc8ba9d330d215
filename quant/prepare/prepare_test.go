package prepare_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

func preset(t *testing.T, name string) recipe.Recipe {
	t.Helper()
	r, err := recipe.Preset(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// listing is what the quantizers are called, with their bits and axis.
func listing(p *prepare.Prepared) (names []string) {
	for _, q := range p.Quantizers {
		s := q.Scheme
		names = append(names, fmt.Sprintf("%s %d %d", strings.TrimSuffix(q.Name, "_post_act_fake_quantizer"), s.Bits, q.Axis))
	}
	return names
}

// residual is conv, bn, relu, then a residual block with an SE-like product, pool and linear layer.
func residual(t *testing.T) *graph.Graph {
	b := graphtest.New(t)
	x := b.Node("relu", graph.Relu{}, b.BatchNorm("bn", b.Conv("conv1", b.Input("x", 1, 3, 8, 8), 4, 3)))
	y := b.Conv("conv2", x, 4, 1)
	gate := b.Node("sigmoid", graph.Sigmoid{}, b.Node("gap", graph.GlobalAveragePool{}, y))
	y = b.Node("mul", graph.Mul{}, gate, y)
	y = b.Node("add", graph.Add{}, y, x)
	y = b.Node("shift", graph.Add{}, y, b.Random("shift", 1, 4, 1, 1))
	y = b.Node("maxpool", graph.MaxPool{Kernel: []int{2, 2}, Strides: []int{2, 2}, Dilations: []int{1, 1}, Pads: make([]int, 4)}, y)
	y = b.Node("deconv", graph.ConvTranspose{Kernel: []int{2, 2}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Group: 1, Pads: make([]int, 4), OutputPadding: []int{0, 0}}, y, b.Random("up.weight", 4, 5, 2, 2))
	y = b.Node("flatten", graph.Reshape{Shape: []int{1, 80}}, y)
	return b.Outputs(b.Node("fc", graph.Gemm{Alpha: 1, Beta: 1}, y, b.Random("matrix", 80, 10), b.Random("bias", 10)))
}

func TestAcademic(t *testing.T) {
	r := preset(t, "config1")
	r.Weight.Scheme.Bits, r.Activation.Scheme.Bits = 4, 3
	g := residual(t)
	p, err := prepare.Prepare(g, r)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"x 8 -1", "conv1.weight_fake_quant 8 0", // reads the input
		"relu 3 -1", "conv2.weight_fake_quant 4 0",
		"up.weight_fake_quant 4 1",                 // a transposed convolution's weight, but not its input
		"flatten 8 -1", "fc.weight_fake_quant 8 1", // makes the output; B is not transposed
	}
	if got := listing(p); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if p.Graph != g {
		t.Error("the Academic backend does not fold")
	}
	for _, q := range p.Quantizers {
		from := r.Activation
		if q.Weight {
			from = r.Weight
		}
		if q.Observer != from.Observer || q.FakeQuant != from.FakeQuant || q.EMARatio != from.EMARatio || q.Scheme.Symmetric != from.Scheme.Symmetric {
			t.Errorf("%+v is not what the recipe says", q)
		}
	}
}

func TestBase(t *testing.T) {
	for _, backend := range []string{"tensorrt", "qdq"} {
		r := preset(t, backend)
		r.Weight.Scheme.PerChannel = false
		p, err := prepare.Prepare(residual(t), r)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			"x 8 -1", "conv1.weight_fake_quant 8 -1",
			"relu 8 -1", "conv2.weight_fake_quant 8 -1",
			"conv2 8 -1",   // asked for by the pool, seen by the product too
			"sigmoid 8 -1", // the product's other input
			// nothing on mul, which add merges with
			"add 8 -1", "shift 8 -1", // a sum with a parameter, which is quantized too
			"shift 8 -1", // the pool's input
			"maxpool 8 -1", "up.weight_fake_quant 8 -1",
			"flatten 8 -1", "fc.weight_fake_quant 8 -1",
		}
		if got := listing(p); !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %q\nwant %q", backend, got, want)
		}
		for _, n := range p.Graph.Nodes {
			if _, ok := n.Op.(graph.BatchNormalization); ok {
				t.Error("batch normalisation is not folded")
			}
		}
		if kinds := fmt.Sprint(p.Modules); !strings.Contains(kinds, "ConvBnReLU2d") {
			t.Errorf("modules %s", kinds)
		}
	}
}

// A value that a Mul makes is quantized all the same where something else asks for it, and then the
// Add sees it so.
func TestMergedProductAskedForElsewhere(t *testing.T) {
	b := graphtest.New(t)
	x := b.Input("x", 1, 2, 4, 4)
	m := b.Node("mul", graph.Mul{}, x, b.Node("sigmoid", graph.Sigmoid{}, x))
	y := b.Conv("conv", m, 2, 1)
	p, err := prepare.Prepare(b.Outputs(b.Node("add", graph.Add{}, m, y)), preset(t, "tensorrt"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := listing(p), []string{"x 8 -1", "sigmoid 8 -1", "mul 8 -1", "conv.weight_fake_quant 8 0", "conv 8 -1"}; !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// At the ends MQBench's 8 bits use every code, also where the recipe leaves one out.
func TestEndsUseEveryCode(t *testing.T) {
	r := preset(t, "config1")
	r.Weight.Scheme.Narrow = true
	b := graphtest.New(t)
	y := b.Conv("c", b.Conv("b", b.Conv("a", b.Input("x", 1, 2, 4, 4), 2, 1), 2, 1), 2, 1)
	p, err := prepare.Prepare(b.Outputs(y), r)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range p.Quantizers {
		if q.Weight && q.Scheme.Narrow != (q.Name == "b.weight_fake_quant") {
			t.Errorf("%s: narrow %v", q.Name, q.Scheme.Narrow)
		}
	}
}

// What the node reads that makes the output keeps its 8 bits, also where that is no layer and a layer
// asked for the quantizer; but no layer before it does.
func TestEndsThatAreNoLayers(t *testing.T) {
	r := preset(t, "config1")
	r.Weight.Scheme.Bits, r.Activation.Scheme.Bits = 4, 3
	b := graphtest.New(t)
	y := b.Node("relu", graph.Relu{}, b.Conv("a", b.Input("x", 1, 2, 4, 4), 2, 1))
	y = b.Node("add", graph.Add{}, b.Conv("c", b.Node("relu2", graph.Relu{}, b.Conv("b", y, 2, 1)), 2, 1), y)
	p, err := prepare.Prepare(b.Outputs(y), r)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"x 8 -1", "a.weight_fake_quant 8 0", "relu 8 -1", "b.weight_fake_quant 4 0", "relu2 3 -1", "c.weight_fake_quant 4 0"}
	if got := listing(p); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// [Q] MQBench does not see the first layer behind a padding module, which is part of the convolution here.
func TestPaddedFirstLayer(t *testing.T) {
	r := preset(t, "config1")
	r.Weight.Scheme.Bits, r.Activation.Scheme.Bits = 4, 3
	for _, c := range []struct {
		pads  []int
		exact bool
		want  string
	}{
		{[]int{0, 0, 1, 1}, false, "x 8 -1, a.weight_fake_quant 8 0, a 8 -1, b.weight_fake_quant 8 0"},
		{[]int{0, 0, 1, 1}, true, "x 3 -1, a.weight_fake_quant 4 0, a 8 -1, b.weight_fake_quant 8 0"},
		{[]int{1, 1, 1, 1}, true, "x 8 -1, a.weight_fake_quant 8 0, a 8 -1, b.weight_fake_quant 8 0"},
	} {
		b := graphtest.New(t)
		a := b.Node("a", graph.Conv{Kernel: []int{1, 1}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Pads: c.pads, Group: 1}, b.Input("x", 1, 2, 4, 4), b.Random("a.weight", 2, 2, 1, 1))
		r.MQBenchExact = c.exact
		p, err := prepare.Prepare(b.Outputs(b.Conv("b", a, 2, 1)), r)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(listing(p), ", "); got != c.want {
			t.Errorf("%v, exact %v:\ngot  %s\nwant %s", c.pads, c.exact, got, c.want)
		}
	}
}

func TestMatMulIsLinearOnlyWithConstantMatrix(t *testing.T) {
	b := graphtest.New(t)
	x := b.Input("x", 1, 4, 6)
	y := b.Node("fc", graph.MatMul{}, x, b.Random("w", 6, 5))
	z := b.Node("attention", graph.MatMul{}, y, b.Node("transpose", graph.Transpose{Perm: []int{0, 2, 1}}, y))
	for _, name := range []string{"config1", "tensorrt"} {
		p, err := prepare.Prepare(b.Outputs(z), preset(t, name))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := listing(p), []string{"x 8 -1", "fc.weight_fake_quant 8 1"}; !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestRefused(t *testing.T) {
	b := graphtest.New(t)
	g := b.Outputs(b.Node("relu", graph.Relu{}, b.Input("x", 1, 4)))
	if _, err := prepare.Prepare(g, preset(t, "config1")); err == nil || !strings.Contains(err.Error(), "nothing to quantize") {
		t.Errorf("no layers: %v", err)
	}
	r := preset(t, "config1")
	r.Weight.Scheme = scheme.QScheme{Bits: 1}
	if _, err := prepare.Prepare(residual(t), r); err == nil || !strings.Contains(err.Error(), "bits") {
		t.Errorf("invalid recipe: %v", err)
	}
}

// Under mqbenchExact a module that is called twice has a weight for each call, as MQBench copies it; else one weight has
// one quantizer.
func TestModuleCalledTwice(t *testing.T) {
	b := graphtest.New(t)
	w := b.Random("c.weight", 2, 2, 1, 1)
	conv := graph.Conv{Kernel: []int{1, 1}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Group: 1, Pads: make([]int, 4)}
	x := b.Input("x", 1, 2, 4, 4)
	for _, name := range []string{"/c/Conv", "/c_1/Conv", "/c_2/Conv"} {
		x = b.Node(name, conv, x, w)
	}
	g := b.Outputs(x)
	for exact, want := range map[bool][]string{false: {"c.weight_fake_quant"}, true: {"c.weight_fake_quant", "c_dup1.weight_fake_quant", "c_dup2.weight_fake_quant"}} {
		r := preset(t, "tensorrt")
		r.MQBenchExact = exact
		p, err := prepare.Prepare(g, r)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, q := range p.Quantizers {
			if q.Weight {
				got = append(got, q.Name)
			}
		}
		if !slices.Equal(got, want) || len(g.Values) != 5 {
			t.Errorf("exact %v: %q, %d values", exact, got, len(g.Values))
		}
	}
}
