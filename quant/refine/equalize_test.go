package refine_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/internal/network"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/refine"
)

// factorTolerance is within what MQBench's factors must be, relative.
const factorTolerance = 1e-6

// cleCase is one of cle.json.
type cleCase struct {
	Error *string
	Pairs []struct {
		First, Second string
		T             []float64
	}
	Layers map[string]struct {
		W tensorAt  `json:"W_before"`
		B *tensorAt `json:"bias_before"`
		V tensorAt  `json:"W_after"`
	}
}

// sequential builds a case's network: convolutions of the golden weights with what its name says between.
func (c cleCase) sequential(t *testing.T, name string, bin []byte) *graph.Graph {
	b := graphtest.New(t)
	var x graph.ValueID
	at := 0
	layer := func() {
		for ; ; at++ {
			l, ok := c.Layers["net."+string(rune('0'+at))]
			if !ok {
				continue
			}
			w := l.W.Shape
			if x == 0 && len(b.Graph.Nodes) == 0 {
				x = b.Input("x", 1, w[1], 12, 12)
			}
			in := b.Graph.Values[x].Shape[1]
			key := "net." + string(rune('0'+at))
			inputs := []graph.ValueID{x, b.Const(key+".weight", l.W.floats(bin), w...)}
			if l.B != nil {
				inputs = append(inputs, b.Const(key+".bias", l.B.floats(bin), w[0]))
			}
			x = b.Node(key, graph.Conv{Kernel: []int{w[2], w[3]}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Group: in / w[1], Pads: make([]int, 4)}, inputs...)
			at++
			return
		}
	}
	word := map[string]func(){
		"conv": layer, "groupconv": layer, "dw": layer, "convs": func() {},
		"relu":  func() { x = b.Node(t.Name()+string(rune('a'+at)), graph.Relu{}, x); at++ },
		"relu6": func() { x = b.Node(t.Name()+string(rune('a'+at)), graph.Clip{Lo: 0, Hi: 6}, x); at++ },
		"maxpool": func() {
			x = b.Node("pool", graph.MaxPool{Kernel: []int{2, 2}, Strides: []int{2, 2}, Dilations: []int{1, 1}, Pads: make([]int, 4)}, x)
			at++
		},
	}
	if name == "small_weights_below_half" {
		name = "conv_relu_conv"
	}
	for _, w := range strings.Split(name, "_") {
		if f, ok := word[w]; ok {
			f()
		}
	}
	return b.Outputs(x)
}

// MQBench's factors, on its own small networks and on mobilenetv2 where it leaves the network what it is.
func TestEqualizeOnceIsMQBench(t *testing.T) {
	var cases map[string]cleCase
	sharedJSON(t, &cases, "golden", "refine_ops", "cle.json")
	bin := shared.Read(t, "golden", "refine_ops", "cle.bin")
	compared := 0
	for name, c := range cases {
		if c.Error != nil || len(c.Pairs) == 0 {
			continue
		}
		var g *graph.Graph
		if name == "mobilenetv2" {
			g = network.Shared(t, name)
		} else {
			g = c.sequential(t, name, bin)
		}
		equalized, pairs := refine.EqualizeOnce(g)
		for _, want := range c.Pairs {
			i := slices.IndexFunc(pairs, func(p refine.Equalized) bool { return called(p.First, want.First) && called(p.Second, want.Second) })
			if i < 0 {
				if name != "mobilenetv2" {
					t.Errorf("%s: %s and %s are no pair", name, want.First, want.Second)
				}
				continue // across a sum
			}
			compared++
			for k, x := range want.T {
				if d := math.Abs(float64(pairs[i].Factors[k])/x - 1); d > factorTolerance {
					t.Errorf("%s: %s, channel %d: factor %g, MQBench's %g", name, want.First, k, pairs[i].Factors[k], x)
				}
			}
			if name != "mobilenetv2" {
				for v, value := range equalized.Values {
					if l, ok := c.Layers[strings.TrimSuffix(value.Name, ".weight")]; ok && strings.HasSuffix(value.Name, ".weight") {
						for k, x := range l.V.floats(bin) {
							if got := equalized.Values[v].Const.F[k]; math.Abs(float64(got-x)) > factorTolerance*math.Abs(float64(x)) {
								t.Fatalf("%s: %s[%d] is %g, MQBench's %g", name, value.Name, k, got, x)
							}
						}
					}
				}
			}
		}
	}
	if compared < 7 {
		t.Errorf("only %d pairs compared", compared)
	}
}

// called tells whether a node of ONNX has a module's path: "/blocks/blocks.0/project/Conv".
func called(node, path string) bool {
	return node == path || strings.HasSuffix(strings.TrimSuffix(node, "/Conv"), "/"+strings.ReplaceAll(path, ".project", "/project")) ||
		strings.HasSuffix(strings.TrimSuffix(node, "/Conv"), "/"+strings.ReplaceAll(path, ".expand", "/expand"))
}

// items are the inputs of a network of a test's own.
func items(b *graphtest.Builder, n int) calibrate.Items {
	var list [][][]float32
	for range n {
		list = append(list, b.Item())
	}
	return calibrate.Items{Len: n, Inputs: func(i int) ([][]float32, error) { return list[i], nil }}
}

// chain is layers of every kind with what lies between them.
func chain(t *testing.T) (*graph.Graph, calibrate.Items) {
	b := graphtest.New(t)
	conv := func(name string, x graph.ValueID, out, k, pad, group int) graph.ValueID {
		c := b.Graph.Values[x].Shape[1]
		w := b.Random(name+".weight", out, c/group, k, k)
		for i := range b.Graph.Values[w].Const.F { // channels of very different width
			b.Graph.Values[w].Const.F[i] *= float32(math.Pow(3, float64(i*out/len(b.Graph.Values[w].Const.F)%4)-2))
		}
		return b.Node(name, graph.Conv{Kernel: []int{k, k}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Pads: []int{pad, pad, pad, pad}, Group: group},
			x, w, b.Random(name+".bias", out))
	}
	x := b.Node("relu6", graph.Clip{Lo: 0, Hi: 6}, conv("stem", b.Input("x", 1, 3, 9, 9), 8, 3, 1, 1))
	x = b.Node("prelu", graph.PRelu{}, conv("dw", x, 8, 3, 1, 8), b.Random("slope", 8, 1, 1))
	x = b.Node("silu", graph.SiLU{}, conv("groups", x, 8, 1, 0, 2))
	y := conv("a", x, 6, 1, 0, 1)
	x = b.Node("sum", graph.Add{}, y, conv("b", b.Node("leaky", graph.LeakyRelu{Alpha: 0.1}, y), 6, 1, 0, 1))
	x = b.Node("up", graph.ConvTranspose{Kernel: []int{2, 2}, Strides: []int{2, 2}, Dilations: []int{1, 1}, Group: 2, Pads: make([]int, 4), OutputPadding: []int{0, 0}}, x, b.Random("up.weight", 6, 4, 2, 2), b.Random("up.bias", 8))
	x = b.Node("pool", graph.MaxPool{Kernel: []int{9, 9}, Strides: []int{9, 9}, Dilations: []int{1, 1}, Pads: make([]int, 4)}, x)
	x = b.Node("flat", graph.Reshape{Shape: []int{1, 32}}, x)
	x = b.Node("fc1", graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, x, b.Random("fc1.weight", 10, 32), b.Random("fc1.bias", 10))
	x = b.Node("relu", graph.Relu{}, x)
	x = b.Node("fc2_bias", graph.Add{}, b.Node("fc2", graph.MatMul{}, x, b.Random("fc2.weight", 10, 7)), b.Random("fc2.bias", 7))
	g := b.Outputs(b.Node("fc3", graph.MatMul{}, x, b.Random("fc3.weight", 7, 5)))
	return g, items(b, 6)
}

func logits(t *testing.T, g *graph.Graph, data calibrate.Items) []float32 {
	t.Helper()
	r, err := exec.New(t.Context(), g, exec.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var all []float32
	for i := range data.Len {
		x, _ := data.Inputs(i)
		if err := r.Run(t.Context(), x...); err != nil {
			t.Fatal(err)
		}
		all = append(all, r.Output(0)...)
	}
	return all
}

func TestEqualizeKeepsTheNetwork(t *testing.T) {
	g, data := chain(t)
	before := logits(t, g, data)
	reach, err := refine.Reach(context.Background(), g, data, 2, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		reach map[graph.ValueID][]float32
		pairs string
	}{
		{"weights alone", nil, "stem-dw dw-groups groups-a up-fc1 fc1-fc2 fc2-fc3"},
		{"with reach", reach, "stem-dw dw-groups groups-a up-fc1 fc1-fc2 fc2-fc3"},
	} {
		equalized, pairs := refine.Equalize(g, c.reach)
		var names []string
		for _, p := range pairs {
			names = append(names, p.First+"-"+p.Second)
			most := float32(0)
			for _, f := range p.Factors {
				most = max(most, f, 1/f)
			}
			if clipped := p.First == "stem" && c.reach == nil; clipped != (most == 1) {
				t.Errorf("%s: %s and %s: factors %v", c.name, p.First, p.Second, p.Factors)
			}
		}
		if got := strings.Join(names, " "); got != c.pairs {
			t.Errorf("%s: pairs %s", c.name, got)
		}
		widest := 0.0
		for i, x := range logits(t, equalized, data) {
			widest = max(widest, math.Abs(float64(x-before[i]))/(1+math.Abs(float64(before[i]))))
		}
		if t.Logf("%s: within %.1e", c.name, widest); widest > 1e-4 {
			t.Errorf("%s: the network gives other answers", c.name)
		}
		if slices.ContainsFunc(g.Nodes, func(n graph.Node) bool { return strings.HasSuffix(n.Name, "_gate") }) {
			t.Error("the network that came in was changed")
		}
	}
}

// Without a clip between, weights of both layers of a pair become equally wide in every channel.
func TestEqualizeConverges(t *testing.T) {
	b := graphtest.New(t)
	w := b.Random("a.weight", 6, 4, 1, 1)
	for i := range b.Graph.Values[w].Const.F {
		b.Graph.Values[w].Const.F[i] *= float32(i/4*i/4) + 0.01
	}
	one := graph.Conv{Kernel: []int{1, 1}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Group: 1, Pads: make([]int, 4)}
	x := b.Node("a", one, b.Input("x", 1, 4, 5, 5), w)
	depthwise := graph.Conv{Kernel: []int{3, 3}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Group: 6, Pads: make([]int, 4)}
	x = b.Node("dw", depthwise, b.Node("r1", graph.Relu{}, x), b.Random("dw.weight", 6, 1, 3, 3))
	g := b.Outputs(b.Node("c", one, b.Node("r2", graph.Relu{}, x), b.Random("c.weight", 3, 6, 1, 1)))
	equalized, _ := refine.Equalize(g, nil)
	width := func(g *graph.Graph, name string, channel func(i int) int) []float64 {
		r := make([]float64, 6)
		for _, v := range g.Values {
			if v.Name == name {
				for i, x := range v.Const.F {
					r[channel(i)] = max(r[channel(i)], math.Abs(float64(x)))
				}
			}
		}
		for c := range r { // beside the widest
			r[c] /= slices.Max(r)
		}
		return r
	}
	spread := func(g *graph.Graph) (most float64) {
		for _, s := range [][]float64{
			width(g, "a.weight", func(i int) int { return i / 4 }), width(g, "dw.weight", func(i int) int { return i / 9 }),
		} {
			most = max(most, slices.Max(s)/slices.Min(s))
		}
		return most
	}
	if before, after := spread(g), spread(equalized); before < 30 || after > before/5 {
		t.Errorf("channels spread %.1f times, before %.1f times", after, before)
	}
}
