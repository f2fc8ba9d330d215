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
)

// chain is a network of three convolutions, the middle one depthwise.
func chain(t *testing.T) *graph.Graph {
	b := graphtest.New(t)
	y := b.Conv("b.0", b.Conv("a.0", b.Input("x", 1, 2, 4, 4), 4, 1), 4, 1)
	w := b.Random("dw.weight", 4, 1, 1, 1)
	y = b.Node("node_dw", graph.Conv{Kernel: []int{1, 1}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Group: 4, Pads: make([]int, 4)}, y, w)
	return b.Outputs(b.Conv("c.0", y, 2, 1))
}

func side(from recipe.Quantizer, bits int) *recipe.Quantizer {
	from.Scheme.Bits = bits
	return &from
}

func TestOverrides(t *testing.T) {
	base := preset(t, "qdq")
	w, a := base.Weight, base.Activation
	for _, c := range []struct {
		name string
		all  []recipe.Override
		want string
	}{
		{"none", nil, "x 8, a.0.weight 8, a.0 8, b.0.weight 8, b.0 8, dw.weight 8, node_dw 8, c.0.weight 8"},
		{"by type", []recipe.Override{{Op: "Conv", Weight: side(w, 4)}},
			"x 8, a.0.weight 4, a.0 8, b.0.weight 4, b.0 8, dw.weight 4, node_dw 8, c.0.weight 4"},
		{"depthwise beats type, and the path of a module is a name", []recipe.Override{{Op: "Conv2d", Weight: side(w, 4)}, {Op: recipe.DepthwiseConv, Weight: side(w, 7)}},
			"x 8, a.0.weight 4, a.0 8, b.0.weight 4, b.0 8, dw.weight 7, node_dw 8, c.0.weight 4"},
		{"name beats pattern beats type", []recipe.Override{{Op: "Conv", Weight: side(w, 4)}, {Pattern: "?.0", Weight: side(w, 5)}, {Name: "b.0", Weight: side(w, 6)}},
			"x 8, a.0.weight 5, a.0 8, b.0.weight 6, b.0 8, dw.weight 4, node_dw 8, c.0.weight 5"},
		{"a side that is left out is not touched", []recipe.Override{{Name: "b.0", Activation: side(a, 4)}, {Pattern: "b*", Weight: side(w, 3)}},
			"x 8, a.0.weight 8, a.0 4, b.0.weight 3, b.0 8, dw.weight 8, node_dw 8, c.0.weight 8"},
		{"float by the module's path", []recipe.Override{{Name: "dw", Float: true}},
			"x 8, a.0.weight 8, a.0 8, b.0.weight 8, node_dw 8, c.0.weight 8"},
		{"float by type, but not the one that is named", []recipe.Override{{Op: "Conv", Float: true}, {Name: "c.0", Weight: side(w, 2)}},
			"node_dw 8, c.0.weight 2"},
	} {
		r := base
		r.Overrides = c.all
		p, err := prepare.Prepare(chain(t), r)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for _, l := range listing(p) {
			name, rest, _ := strings.Cut(l, " ")
			bits, _, _ := strings.Cut(rest, " ")
			got = append(got, strings.TrimSuffix(name, "_fake_quant")+" "+bits)
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, s, c.want)
		}
	}
}

// Sophgo's chips compute convolutions in groups with the bits of all layers, whatever their type has; a name
// counts.
func TestSophgoKeepsGroupsApart(t *testing.T) {
	r := preset(t, "bm1688")
	r.Weight.FakeQuant = "learnable"
	for _, c := range []struct {
		all  []recipe.Override
		want int // bits of the depthwise weight
	}{
		{[]recipe.Override{{Op: "Conv", Weight: side(r.Weight, 4)}}, 8},
		{[]recipe.Override{{Op: "Conv2d", Weight: side(r.Weight, 4)}, {Name: "dw", Weight: side(r.Weight, 4)}}, 4},
		{[]recipe.Override{{Op: recipe.DepthwiseConv, Weight: side(r.Weight, 4)}}, 4},
	} {
		r.Overrides = c.all
		p, err := prepare.Prepare(chain(t), r)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range p.Quantizers {
			want := c.want
			if q.Name != "dw.weight_fake_quant" {
				want = 4
			}
			if q.Weight && c.all[0].Op != recipe.DepthwiseConv && q.Scheme.Bits != want || q.Name == "dw.weight_fake_quant" && q.Scheme.Bits != want {
				t.Errorf("%+v: %s has %d bits, want %d", c.all[0], q.Name, q.Scheme.Bits, want)
			}
		}
	}
}

// Of two layers that read one value the stronger override decides, whichever comes first.
func TestSharedValueTakesTheStrongerOverride(t *testing.T) {
	for _, named := range []string{"p", "q"} {
		b := graphtest.New(t)
		x := b.Input("x", 1, 2, 4, 4)
		y := b.Node("sum", graph.Add{}, b.Conv("p", x, 2, 1), b.Conv("q", x, 2, 1))
		r := preset(t, "qdq")
		r.Overrides = []recipe.Override{{Op: "Conv", Activation: side(r.Activation, 5)}, {Name: named, Activation: side(r.Activation, 4)}}
		p, err := prepare.Prepare(b.Outputs(y), r)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Quantizers[0].Scheme.Bits; got != 4 {
			t.Errorf("%s is named: the input has %d bits", named, got)
		}
	}
}

// Channels of an activation are those of images, and of lines what a linear layer sums over; scales that are shared
// are one.
func TestChannelsOfActivations(t *testing.T) {
	b := graphtest.New(t)
	x := b.Conv("conv", b.Input("x", 1, 3, 4, 4), 6, 1)
	lines := b.Node("lines", graph.Transpose{Perm: []int{0, 2, 1}}, b.Node("flat", graph.Reshape{Shape: []int{1, 6, 16}}, x))
	y := b.Node("more", graph.Add{}, b.Node("linear", graph.MatMul{}, lines, b.Random("m", 6, 5)), b.Random("gamma", 5))
	r := preset(t, "snpe")
	r.Activation.Scheme.PerChannel = true
	p, err := prepare.Prepare(b.Outputs(y), r)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, q := range p.Quantizers {
		if !q.Weight {
			got = append(got, fmt.Sprintf("%s %d", q.Name, q.Axis))
		}
	}
	want := []string{"x_post_act_fake_quantizer 1", "conv_post_act_fake_quantizer 1", "lines_post_act_fake_quantizer 2", "more_post_act_fake_quantizer 2"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	r.SharedScales = true
	b = graphtest.New(t)
	x = b.Input("x", 1, 2, 4, 4)
	if _, err := prepare.Prepare(b.Outputs(b.Node("sum", graph.Add{}, b.Conv("p", x, 2, 1), b.Conv("q", x, 2, 1))), r); err == nil || !strings.Contains(err.Error(), "have one for each channel") {
		t.Errorf("shared scales: %v", err)
	}
}

// MQBench's 8 bits at the ends give way to a name only.
func TestEndsAndOverrides(t *testing.T) {
	r := preset(t, "config1")
	r.Overrides = []recipe.Override{{Op: "Conv", Weight: side(r.Weight, 4)}, {Name: "c.0", Weight: side(r.Weight, 3), Activation: side(r.Activation, 2)}}
	p, err := prepare.Prepare(chain(t), r)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"x 8 -1", "a.0.weight_fake_quant 8 0", "a.0 8 -1", "b.0.weight_fake_quant 4 0", "b.0 8 -1", "dw.weight_fake_quant 4 0", "node_dw 2 -1", "c.0.weight_fake_quant 3 0"}
	if got := listing(p); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestOverrideOfNothing(t *testing.T) {
	r := preset(t, "qdq")
	for _, o := range []recipe.Override{{Name: "b0", Float: true}, {Pattern: "b*1", Float: true}} {
		r.Overrides = []recipe.Override{o}
		if _, err := prepare.Prepare(chain(t), r); err == nil || !strings.Contains(err.Error(), `"b.0" is nearest`) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	r.Overrides = []recipe.Override{{Op: "Gemm", Float: true}} // a type may be absent
	if _, err := prepare.Prepare(chain(t), r); err != nil {
		t.Error(err)
	}
	r.Overrides = []recipe.Override{{Pattern: "*", Float: true}}
	if _, err := prepare.Prepare(chain(t), r); err == nil || !strings.Contains(err.Error(), "float") {
		t.Errorf("all in float: %v", err)
	}
}

func TestSharedScales(t *testing.T) {
	b := graphtest.New(t)
	x := b.Input("x", 1, 2, 4, 4)
	p, q := b.Conv("p", x, 2, 1), b.Conv("q", x, 2, 1)
	y := b.Node("sum", graph.Add{}, p, q)
	z := b.Node("cat", graph.Concat{Axis: 1}, y, b.Conv("r", y, 2, 1))
	g := b.Outputs(b.Conv("s", z, 2, 1))
	r := preset(t, "qdq")
	r.SharedScales = true
	out, err := prepare.Prepare(g, r)
	if err != nil {
		t.Fatal(err)
	}
	shared := map[string]int{}
	for _, q := range out.Quantizers {
		shared[strings.TrimSuffix(q.Name, "_post_act_fake_quantizer")] = q.Shared
	}
	if shared["p"] == 0 || shared["p"] != shared["q"] || shared["sum"] == 0 || shared["sum"] != shared["cat"] || shared["sum"] == shared["p"] || shared["x"] != 0 {
		t.Errorf("shared: %v", shared)
	}
	r.Overrides = []recipe.Override{{Name: "s", Activation: side(r.Activation, 4)}}
	if _, err := prepare.Prepare(g, r); err == nil || !strings.Contains(err.Error(), "cat") || !strings.Contains(err.Error(), "sharedScales") {
		t.Errorf("different widths: %v", err)
	}
}

// An override by type that concerns nothing is told, with the nearest type there is.
func TestOverrideByTypeOfNothing(t *testing.T) {
	r := preset(t, "config1")
	r.Overrides = []recipe.Override{{Op: "Covn", Float: true}, {Op: "Conv", Float: true}, {Op: recipe.DepthwiseConv, Float: true}}
	p, err := prepare.Prepare(residual(t), r)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Notes) != 2 || !strings.Contains(p.Notes[0], "has no Covn; the nearest type that it has is Conv.") || !strings.Contains(p.Notes[1], "DepthwiseConv") {
		t.Errorf("%q", p.Notes)
	}
}

// Sophgo's mixed precision: codes for what layers read and make, bfloat16 for everything else but what a sum hands to
// its ReLU.
func TestBF16BesideLayers(t *testing.T) {
	b := graphtest.New(t)
	x := b.Input("x", 1, 3, 8, 8)
	y := b.Node("relu", graph.Relu{}, b.Conv("conv", x, 4, 1))
	y = b.Node("tanh", graph.Tanh{}, b.Node("relu2", graph.Relu{}, b.Node("sum", graph.Add{}, b.Node("silu", graph.SiLU{}, y), y)))
	r := preset(t, "bm1690")
	r.BF16Mix = true
	g := b.Outputs(b.Node("last", graph.Softplus{}, b.Conv("conv2", y, 2, 1)))
	p, err := prepare.Prepare(g, r)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, q := range p.Quantizers {
		if !q.Weight {
			got = append(got, strings.TrimSuffix(q.Name, "_post_act_fake_quantizer")+" "+q.FakeQuant)
		}
	}
	want := []string{"x learnable", "relu learnable", "silu bf16", "relu2 bf16", "tanh learnable", "conv2 learnable", "last bf16"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	r.Overrides = []recipe.Override{{Op: "SiLU", Activation: side(r.Activation, 8)}}
	if p, err = prepare.Prepare(g, r); err != nil || p.Quantizers[3].FakeQuant != "learnable" {
		t.Errorf("%v: an override gives silu %s", err, p.Quantizers[3].FakeQuant)
	}
	r.Backend = "snpe"
	if _, err := prepare.Prepare(g, r); err == nil || !strings.Contains(err.Error(), "does not compute in bfloat16") {
		t.Error(err)
	}
}

// An override that concerns layers and changes nothing about them is told too, and no other is.
func TestIdleOverrides(t *testing.T) {
	r := preset(t, "academic")
	same, four := r.Weight, side(r.Weight, 4)
	for _, c := range []struct {
		all  []recipe.Override
		idle []int
	}{
		{[]recipe.Override{{Op: "Relu", Float: true}}, []int{0}},   // the rule asks for nothing there
		{[]recipe.Override{{Op: "Relu", Weight: four}}, []int{0}},  // no weight
		{[]recipe.Override{{Op: "Conv", Weight: &same}}, []int{0}}, // what it has
		{[]recipe.Override{{Op: "Conv", Inputs: true}}, []int{0}},  // they are
		{[]recipe.Override{{Op: "Relu", Inputs: true}}, nil},       // they are not
		{[]recipe.Override{{Op: "Conv", Weight: four}}, nil},
		{[]recipe.Override{{Op: "Conv", Float: true}, {Name: "b", Weight: four}}, nil},
		{[]recipe.Override{{Op: "Conv", Weight: four}, {Name: "b", Weight: &same}}, nil}, // back to what all have
		{[]recipe.Override{{Op: "Conv", Weight: four}, {Op: "Add", Activation: side(r.Activation, 4)}}, []int{1}},
	} {
		b := graphtest.New(t)
		y := b.Node("relu", graph.Relu{}, b.Conv("a", b.Input("x", 1, 2, 4, 4), 4, 1))
		y = b.Node("sum", graph.Add{}, b.Conv("b", y, 4, 1), y)
		r.Overrides = c.all
		p, err := prepare.Prepare(b.Outputs(b.Conv("c", y, 2, 1)), r)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, k := range c.idle {
			want = append(want, fmt.Sprintf("Overrides[%d] changes nothing: what it concerns", k))
		}
		if !slices.EqualFunc(p.Notes, want, strings.HasPrefix) {
			t.Errorf("%+v: %q", c.all, p.Notes)
		}
	}
	b := graphtest.New(t)
	r = preset(t, "qdq")
	r.SharedScales = true
	if p, err := prepare.Prepare(b.Outputs(b.Conv("a", b.Input("x", 1, 2, 4, 4), 4, 1)), r); err != nil || len(p.Notes) != 1 || !strings.Contains(p.Notes[0], "sharedScales changes nothing") {
		t.Errorf("%v: %q", err, p.Notes)
	}
}
