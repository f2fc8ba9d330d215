package export

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/network"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/orttest"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// net puts together a small ONNX model, its weights random, one scale of magnitude for each output
// channel so that a scale at the wrong axis shows.
type net struct {
	random *rand.Rand
	model  onnx.Model
	last   string
}

// newNet begins a network of one input. A first dimension of 0 is a free batch.
func newNet(shape ...int) *net {
	n := &net{random: rand.New(rand.NewPCG(7, 0)), last: "x"}
	in := onnx.ValueInfo{Name: "x", Known: true, ElemType: onnx.Float, HasShape: true}
	for _, d := range shape {
		in.Dims = append(in.Dims, onnx.Dim{Value: int64(d), Set: d > 0})
	}
	n.model = onnx.Model{IRVersion: 7, Opsets: []onnx.Opset{{Version: 13}}, Graph: &onnx.Graph{Name: "net", Inputs: []onnx.ValueInfo{in}}}
	return n
}

// weight adds an initializer whose index c along axis has magnitudes of about 2^-c.
func (n *net) weight(name string, axis int, shape ...int) string {
	dims := make([]int64, len(shape))
	inner := graph.Len(shape[axis+1:])
	for i, d := range shape {
		dims[i] = int64(d)
	}
	f := make([]float32, graph.Len(shape))
	for i := range f {
		f[i] = float32(n.random.NormFloat64()) / float32(int(1)<<(i/inner%shape[axis]))
	}
	n.model.Graph.Initializers = append(n.model.Graph.Initializers, onnx.FromFloats(name, dims, f))
	return name
}

// constant adds an initializer of given numbers.
func (n *net) constant(name string, shape []int64, f ...float32) string {
	n.model.Graph.Initializers = append(n.model.Graph.Initializers, onnx.FromFloats(name, shape, f))
	return name
}

// then adds a node that reads what the last one made.
func (n *net) then(op string, more []string, attrs ...onnx.Attr) *net {
	g := n.model.Graph
	out := op + string(rune('a'+len(g.Nodes)))
	g.Nodes = append(g.Nodes, onnx.Node{
		Name: out, OpType: op, Inputs: append([]string{n.last}, more...), Outputs: []string{out}, Attrs: attrs,
	})
	n.last = out
	return n
}

// build ends the network and gives its graph.
func (n *net) build(t *testing.T) *graph.Graph {
	t.Helper()
	n.model.Graph.Outputs = []onnx.ValueInfo{{Name: n.last, Known: true, ElemType: onnx.Float}}
	g, err := onnx.ToGraph(&n.model, onnx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// calibrated quantizes a graph on random inputs, which it gives too.
func calibrated(t *testing.T, g *graph.Graph, r recipe.Recipe) (*calibrate.Calibrated, [][]float32) {
	t.Helper()
	p, err := prepare.Prepare(g, r)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(11, 0))
	inputs := make([][]float32, 8)
	for i := range inputs {
		inputs[i] = make([]float32, graph.Len(g.Values[g.Inputs[0]].Shape))
		for k := range inputs[i] {
			inputs[i][k] = float32(random.NormFloat64())
		}
	}
	c, err := calibrate.Run(context.Background(), p, calibrate.Items{
		Len:    len(inputs),
		Inputs: func(i int) ([][]float32, error) { return [][]float32{inputs[i]}, nil },
	}, 1, func(_, _ int) {})
	if err != nil {
		t.Fatal(err)
	}
	return c, inputs
}

// preset is a recipe with other bits.
func preset(t *testing.T, name string, weightBits, activationBits int) recipe.Recipe {
	t.Helper()
	r, err := recipe.Preset(name)
	if err != nil {
		t.Fatal(err)
	}
	r.Weight.Scheme.Bits, r.Activation.Scheme.Bits = weightBits, activationBits
	return r
}

// convolutions has grouped convolutions, one dilated and without bias, and a transposed one in groups.
func convolutions() *net {
	n := newNet(0, 4, 6, 6)
	n.then("Conv", []string{n.weight("a.weight", 0, 6, 2, 3, 3), n.weight("a.bias", 0, 6)}, onnx.Ints("pads", 1, 1, 1, 1), onnx.Int("group", 2))
	n.then("Relu", nil)
	n.then("ConvTranspose", []string{n.weight("b.weight", 1, 6, 4, 3, 3), n.weight("b.bias", 0, 8)}, onnx.Ints("strides", 2, 2), onnx.Int("group", 2))
	n.then("LeakyRelu", nil)
	n.then("Conv", []string{n.weight("c.weight", 0, 4, 2, 3, 3)}, onnx.Ints("dilations", 2, 2), onnx.Int("group", 4))
	n.then("Sigmoid", nil)
	return n.then("Conv", []string{n.weight("d.weight", 0, 5, 4, 1, 1), n.weight("d.bias", 0, 5)})
}

// normalised has a batch normalisation behind a convolution with a bias of its own.
func normalised() *net {
	n := newNet(0, 3, 8, 8)
	n.then("Conv", []string{n.weight("a.weight", 0, 4, 3, 3, 3), n.constant("a.bias", []int64{4}, 3, -2, 1, 0.5)})
	n.then("BatchNormalization", []string{
		n.constant("scale", []int64{4}, 1, -2, 0.5, 3), n.constant("shift", []int64{4}, 0.1, 0.2, -0.3, 0),
		n.constant("mean", []int64{4}, 2.5, -2, 1, 0.25), n.constant("var", []int64{4}, 9, 2, 1, 0.25)})
	n.then("Relu", nil)
	return n.then("Conv", []string{n.weight("b.weight", 0, 3, 4, 3, 3), n.weight("b.bias", 0, 3)})
}

// linears has the three forms of a linear layer, and a flattening before them.
func linears() *net {
	n := newNet(0, 2, 2, 3)
	n.then("Flatten", nil)
	n.then("MatMul", []string{n.weight("a.weight", 1, 12, 6)})
	n.then("Add", []string{n.weight("a.bias", 0, 6)})
	n.then("Relu", nil)
	n.then("Gemm", []string{n.weight("b.weight", 1, 6, 5), n.weight("b.bias", 0, 5)})
	n.then("Tanh", nil)
	n.then("Gemm", []string{n.weight("c.weight", 0, 4, 5), n.weight("c.bias", 0, 4)}, onnx.Flag("transB", true))
	n.then("Relu", nil)
	return n.then("Gemm", []string{n.weight("d.weight", 0, 3, 4), n.weight("d.bias", 0, 3)}, onnx.Flag("transB", true), onnx.Real("beta", 0.5))
}

// parameters has a product with a parameter and sums with a number and a parameter, which is the first operand.
func parameters() *net {
	n := newNet(0, 3, 6, 6)
	n.then("Conv", []string{n.weight("a.weight", 0, 4, 3, 3, 3), n.weight("a.bias", 0, 4)})
	n.then("Mul", []string{n.constant("gamma", []int64{4, 1, 1}, 0.5, -1, 2, 0.25)})
	n.then("Relu", nil)
	n.then("Add", []string{n.constant("onnx::Add_7", nil, 3)})
	n.then("Conv", []string{n.weight("b.weight", 0, 3, 4, 3, 3)})
	return n.then("Add", []string{n.constant("shift", []int64{1, 3, 1, 1}, 0.5, -0.25, 1)})
}

// joined has a U-Net's join: what a linear resize, which no integer format has, makes is concatenated with codes.
func joined() *net {
	n := newNet(0, 3, 8, 8)
	n.then("Conv", []string{n.weight("a.weight", 0, 4, 3, 3, 3), n.weight("a.bias", 0, 4)}, onnx.Ints("pads", 1, 1, 1, 1))
	n.then("Relu", nil)
	skipped := n.last
	n.then("MaxPool", nil, onnx.Ints("kernel_shape", 2, 2), onnx.Ints("strides", 2, 2))
	n.then("Conv", []string{n.weight("b.weight", 0, 4, 4, 3, 3)}, onnx.Ints("pads", 1, 1, 1, 1))
	n.then("Relu", nil)
	n.then("Resize", []string{"", n.constant("scales", []int64{4}, 1, 1, 2, 2)}, onnx.Text("mode", "linear"))
	up := n.last
	n.last = skipped
	n.then("Concat", []string{up}, onnx.Int("axis", 1))
	return n.then("Conv", []string{n.weight("c.weight", 0, 2, 8, 3, 3)})
}

// TestNetsInEveryFormat writes networks with quantized parameters and with a join in every format, which is read back.
func TestNetsInEveryFormat(t *testing.T) {
	for name, n := range map[string]*net{"parameters": parameters(), "joined": joined()} {
		g := n.build(t)
		for _, f := range Formats() {
			r, err := recipe.Preset(f.Backend)
			if err != nil {
				t.Fatal(err)
			}
			c, _ := calibrated(t, g, r)
			if _, _, err := Export(t.Context(), f.Name, "net", c); err != nil {
				t.Errorf("%s as %s: %v", name, f.Name, err)
			}
		}
	}
}

// TestNetsInONNXRuntime holds small networks with every kind of layer, in every width of codes,
// against ONNX Runtime, and a batch of eight against its items.
func TestNetsInONNXRuntime(t *testing.T) {
	for _, n := range []struct {
		name string
		net  func() *net
	}{{"convolutions", convolutions}, {"normalised", normalised}, {"linears", linears}, {"parameters", parameters}} {
		for _, r := range []struct {
			name                       string
			preset                     string
			weightBits, activationBits int
			dB                         float64 // by which the outputs must agree at least
			block                      int
			channels                   bool // activations have a scale for each
		}{
			{"config1", "config1", 8, 8, 35, 0, false}, {"config2", "config2", 8, 8, 35, 0, false}, {"tensorrt", "tensorrt", 8, 8, 35, 0, false},
			{"config1 w4a4", "config1", 4, 4, 15, 0, false}, {"qdq w2a6", "qdq", 2, 6, 20, 0, false}, {"config1 w8a16", "config1", 8, 16, 60, 0, false},
			{"config2 w16a8", "config2", 16, 8, 35, 0, false}, {"qdq w9a12", "qdq", 9, 12, 40, 0, false}, {"qdq w16a16", "qdq", 16, 16, 60, 0, false},
			{"config1 w4a8, blocks of 4", "config1", 4, 8, 35, 4, false}, {"weight_only w16, blocks of 5", "weight_only", 16, 8, 60, 5, false},
			{"config1, channels of activations", "config1", 8, 8, 35, 0, true}, {"snpe w8a16, channels of activations", "snpe", 8, 16, 60, 0, true},
		} {
			t.Run(n.name+"/"+r.name, func(t *testing.T) {
				t.Parallel()
				recipe := preset(t, r.preset, r.weightBits, r.activationBits)
				recipe.Weight.Scheme.Block, recipe.Activation.Scheme.PerChannel = r.block, r.channels
				recipe.Rule = scheme.ONNX // the same codes as ONNX Runtime but for sums that end next to a tie
				c, inputs := calibrated(t, n.net().build(t), recipe)
				file, notes, err := QDQ(t.Context(), c)
				if err != nil {
					t.Fatal(err)
				}
				if len(notes) > 0 && r.weightBits+r.activationBits < 32 { // s_x·s_w is too small for some biases then
					t.Error(notes)
				}
				want, flat := fakeQuantized(t, c, inputs), slices.Concat(inputs...)
				shape := slices.Clone(c.Graph.Values[c.Graph.Inputs[0]].Shape)
				within(t, "unoptimized", want, orttest.Run(t, "node", file, shape, flat, "disabled"), r.dB)
				shape[0] = len(inputs)
				within(t, "batch, optimized", want, orttest.Run(t, "node", file, shape, flat, "all"), r.dB)
			})
		}
	}
}

// TestFileIsTheNetwork runs written files in our own engine, whose sums have one order: without
// biases, which only the file rounds, the logits are those of the fake-quantized run bit for bit.
func TestFileIsTheNetwork(t *testing.T) {
	for _, n := range []struct {
		name string
		net  func() *net
	}{{"convolutions", convolutions}, {"normalised", normalised}, {"linears", linears}, {"parameters", parameters}} {
		for _, name := range []string{"config1", "config2", "qdq"} {
			for _, bits := range []int{2, 4, 7, 8, 11, 16} {
				if n.name == "normalised" && name == "qdq" {
					continue // folding makes a bias
				}
				r := preset(t, name, bits, bits)
				r.Rule = scheme.ONNX
				r.Weight.Scheme.Narrow, r.Activation.Scheme.Narrow = false, false
				net := n.net()
				for i, node := range net.model.Graph.Nodes {
					if len(node.Inputs) == 3 {
						net.model.Graph.Nodes[i].Inputs = node.Inputs[:2]
					}
				}
				c, inputs := calibrated(t, net.build(t), r)
				b, _, err := QDQ(t.Context(), c)
				if err != nil {
					t.Fatal(err)
				}
				g := network.Decode(t, b)
				got := fakeQuantized(t, &calibrate.Calibrated{Prepared: prepare.Prepared{Graph: g}}, inputs)
				if want := fakeQuantized(t, c, inputs); !slices.Equal(got, want) {
					t.Errorf("%s, %s, %d bits: the file gives %v, the network %v", n.name, name, bits, got[:4], want[:4])
				}
			}
		}
	}
}
