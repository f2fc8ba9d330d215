package prepare_test

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// mixed has one of each operator that the rules of convolutional networks tell apart:
//
//	x → conv1 bn relu1 → maxpool → conv2 → relu6 → add → relu2 → conv3 → sigmoid → mul → add2 → cat → gap → flatten → fc
//	                       └──────────────────────↗       └──────────────────────↗──↗      ↗
//	                                          └───────────────────────────────────────────┘
func mixed(t *testing.T) *graph.Graph {
	b := graphtest.New(t)
	y := b.Node("relu1", graph.Relu{}, b.BatchNorm("bn", b.Conv("conv1", b.Input("x", 1, 3, 8, 8), 4, 3)))
	pool := b.Node("maxpool", graph.MaxPool{Kernel: []int{2, 2}, Strides: []int{2, 2}, Dilations: []int{1, 1}, Pads: make([]int, 4)}, y)
	six := b.Node("relu6", graph.Clip{Lo: 0, Hi: 6}, b.Conv("conv2", pool, 4, 1))
	y = b.Node("relu2", graph.Relu{}, b.Node("add", graph.Add{}, six, pool))
	gate := b.Node("sigmoid", graph.Sigmoid{}, b.Conv("conv3", y, 4, 1))
	y = b.Node("add2", graph.Add{}, b.Node("mul", graph.Mul{}, gate, y), y)
	y = b.Node("gap", graph.GlobalAveragePool{}, b.Node("cat", graph.Concat{Axis: 1}, y, six))
	y = b.Node("flatten", graph.Reshape{Shape: []int{1, 8}}, y)
	return b.Outputs(b.Node("fc", graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, y, b.Random("fc.weight", 5, 8), b.Random("fc.bias", 5)))
}

// attention is a linear layer, its product with itself, scaled and masked, and a layer behind.
func attention(t *testing.T) *graph.Graph {
	b := graphtest.New(t)
	q := b.Node("query", graph.MatMul{}, b.Input("x", 1, 4, 6), b.Random("query.weight", 6, 6))
	k := b.Node("transpose", graph.Transpose{Perm: []int{0, 2, 1}}, q)
	y := b.Node("div", graph.Div{}, b.Node("matmul", graph.MatMul{}, q, k), b.Positive("/Constant_output_0"))
	y = b.Node("mask", graph.Add{}, y, b.Input("m", 1, 4, 4))
	y = b.Node("matmul2", graph.MatMul{}, b.Node("softmax", graph.Softmax{Axis: 2}, y), q)
	y = b.Node("add", graph.Add{}, b.Node("out", graph.MatMul{}, y, b.Random("out.weight", 6, 6)), q)
	return b.Outputs(b.Node("norm", graph.LayerNormalization{Axis: 2, Epsilon: 1e-5}, y, b.Random("g", 6), b.Random("b", 6)))
}

// short is a quantizer's name as the tables below write it: what it quantizes, w: a weight, u: unsigned
// where the recipe is symmetric.
func short(p *prepare.Prepared) string {
	var names []string
	for _, q := range p.Quantizers {
		name := strings.TrimSuffix(q.Name, "_post_act_fake_quantizer")
		if path, ok := strings.CutSuffix(name, ".weight_fake_quant"); ok {
			name = "w:" + path
		}
		if path, ok := strings.CutSuffix(name, ".bias_fake_quant"); ok {
			name = "b:" + path
		}
		if !q.Weight && p.Recipe.Activation.Scheme.Symmetric && (!q.Scheme.Symmetric || q.Scheme.Codes == scheme.Upper) {
			name = "u:" + name
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

// Written by hand from spec §3.4.
func TestBackendPlacements(t *testing.T) {
	base := "x w:conv1 relu1 maxpool w:conv2 relu6 relu2 w:conv3 sigmoid cat flatten w:fc"
	totalINT := "x w:conv1 relu1 maxpool w:conv2 relu6 relu2 w:conv3 conv3 sigmoid add2 cat flatten w:fc fc"
	sophgo := "x w:conv1 relu1 maxpool w:conv2 relu6 relu2 w:conv3 conv3 sigmoid mul add2 cat flatten w:fc fc"
	placements := map[string]struct{ mixed, attention string }{
		"academic": {"x w:conv1 maxpool w:conv2 relu2 w:conv3 flatten w:fc", "x w:query matmul2 w:out"},
		"tensorrt": {base, "x w:query div m matmul2 w:out out query"},
		"qdq":      {base, ""},
		"snpe":     {totalINT, ""}, "pplw8a16": {totalINT, ""}, "pplcuda": {totalINT, ""}, "stpu": {totalINT, ""},
		"tengine_u8":        {"x w:conv1 relu1 maxpool w:conv2 conv2 relu6 add relu2 w:conv3 conv3 sigmoid mul add2 cat flatten w:fc fc", ""},
		"onnx_qnn":          {"x w:conv1 relu1 maxpool w:conv2 relu6 relu2 w:conv3 conv3 mul add2 cat gap", ""},
		"openvino":          {"x w:conv1 u:relu1 w:conv2 u:relu6 u:relu2 w:conv3 mul add2 gap w:fc", ""},
		"openvino_academic": {"x w:conv1 u:relu1 w:conv2 u:relu6 u:relu2 w:conv3 mul cat gap w:fc", ""},
		"vitis":             {"w:conv1 b:conv1 relu1 w:conv2 conv2 add relu2 w:conv3 conv3 mul add2 cat gap w:fc b:fc fc", ""},
		"nnie":              {base, ""},
		"weight_only":       {"w:conv1 w:conv2 w:conv3 w:fc", "w:query w:out"},
		"academic_nlp": {
			"w:conv1 w:conv2 w:conv3 flatten w:fc",
			"x w:query query transpose softmax matmul2 w:out"},
		"tensorrt_nlp": {
			"w:conv1 w:conv2 relu6 maxpool w:conv3 relu2 flatten w:fc",
			"x w:query query transpose m softmax matmul2 w:out out"},
		"bm1684x": {sophgo, "x w:query query transpose matmul div m mask softmax matmul2 w:out out add norm"}, "bm1690": {sophgo, ""}, "bm1688": {sophgo, ""}, "cv18xx": {sophgo, ""}, "mars3": {sophgo, ""},
	}
	for _, engine := range backend.Names() {
		want, ok := placements[engine]
		if !ok {
			t.Errorf("%s: no placement is written down", engine)
		}
		r, err := recipe.Preset(engine)
		if err != nil {
			t.Errorf("%s: %v", engine, err)
			continue
		}
		for _, n := range []struct {
			name, want string
			g          *graph.Graph
		}{{"mixed", want.mixed, mixed(t)}, {"attention", want.attention, attention(t)}} {
			if n.want == "" {
				continue
			}
			p, err := prepare.Prepare(n.g, r)
			if err != nil {
				t.Fatal(err)
			}
			if got := short(p); got != n.want {
				t.Errorf("%s, %s:\ngot  %s\nwant %s", engine, n.name, got, n.want)
			}
		}
	}
}

// MQBench's additional_node_name and additional types: inputs that the rule leaves float.
func TestAdditionalInputs(t *testing.T) {
	for _, c := range []struct {
		all  []recipe.Override
		want string
	}{
		{[]recipe.Override{{Op: "Sigmoid", Inputs: true}}, "x w:conv1 relu1 maxpool w:conv2 relu6 relu2 w:conv3 conv3 sigmoid cat flatten w:fc"},
		{[]recipe.Override{{Name: "cat", Inputs: true}}, "x w:conv1 relu1 maxpool w:conv2 relu6 relu2 w:conv3 sigmoid add2 cat flatten w:fc"},
		// It beats what keeps a node in float; its weight stays float all the same.
		{[]recipe.Override{{Op: "Conv", Float: true}, {Name: "conv3", Inputs: true}}, "relu1 relu6 maxpool relu2 sigmoid cat flatten w:fc"},
	} {
		r := preset(t, "tensorrt")
		r.Overrides = c.all
		p, err := prepare.Prepare(mixed(t), r)
		if err != nil {
			t.Fatal(err)
		}
		if got := short(p); got != c.want {
			t.Errorf("%v:\ngot  %s\nwant %s", c.all, got, c.want)
		}
	}
}

// [Q] MQBench leaves what a concatenation makes float for OpenVINO, and takes a ReLU6 for signed. A flatten
// that is called as a method it does not know.
func TestOpenVINOExact(t *testing.T) {
	r := preset(t, "openvino")
	r.MQBenchExact = true
	p, err := prepare.Prepare(mixed(t), r)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := short(p), "x w:conv1 u:relu1 w:conv2 relu6 u:relu2 w:conv3 mul flatten w:fc"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, q := range p.Quantizers {
		if lo, hi := q.Scheme.Range(); q.Name == "relu2_post_act_fake_quantizer" && (lo != 0 || hi != 255 || !q.Scheme.Symmetric) {
			t.Errorf("%+v", q.Scheme)
		}
	}
}

// [Q] Sums and pools have the sign of the quantizers nearest to them: further ones, of what is not
// negative either, do not count; of several equally near all must be unsigned.
func TestOpenVINOExactLooksNoFurther(t *testing.T) {
	pool := graph.AveragePool{Kernel: []int{2, 2}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Pads: make([]int, 4)}
	b := graphtest.New(t)
	x := b.Input("x", 1, 2, 8, 8)
	left, right := b.Node("relu", graph.Relu{}, b.Conv("a", x, 2, 1)), b.Node("relu2", graph.Relu{}, b.Conv("b", x, 2, 1))
	both := b.Node("add", graph.Add{}, left, right)                      // two unsigned quantizers
	mixed := b.Node("add2", graph.Add{}, both, b.Conv("c", left, 2, 1))  // one of them signed
	y := b.Node("pool", pool, b.Node("sigmoid", graph.Sigmoid{}, mixed)) // the sigmoid is not unsigned to MQBench
	y = b.Node("sqrt", graph.Sqrt{}, b.Node("pool2", pool, b.Node("relu3", graph.Relu{}, b.Conv("d", y, 2, 1))))
	y = b.Conv("f", b.Conv("e", b.Node("pool3", pool, y), 2, 1), 2, 1)
	r := preset(t, "openvino")
	r.MQBenchExact = true
	p, err := prepare.Prepare(b.Outputs(y), r)
	if err != nil {
		t.Fatal(err)
	}
	want := "x w:a w:b u:relu u:relu2 w:c u:add c sigmoid pool w:d u:relu3 sqrt pool3 w:e e w:f"
	if got := short(p); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// line is a convolution in one dimension as package onnx writes it, one of an image between two Reshapes.
func line(b *graphtest.Builder, name string, x graph.ValueID, out int) graph.ValueID {
	shape := b.Graph.Values[x].Shape
	image := b.Node(name+"_image", graph.Reshape{Shape: []int{1, shape[1], 1, shape[2]}}, x)
	op := graph.Conv{Kernel: []int{1, 3}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Group: 1, Pads: make([]int, 4)}
	y := b.Node(name+"_2d", op, image, b.Random(name+".weight", out, shape[1], 1, 3))
	return b.Node(name, graph.Reshape{Shape: []int{1, out, shape[2] - 2}}, y)
}

// numbers is convolutions in one dimension, sums and products with numbers and parameters, and a linear layer
// with batch normalisation.
func numbers(t *testing.T) *graph.Graph {
	b := graphtest.New(t)
	y := b.Node("relu", graph.Relu{}, b.BatchNorm("bn", line(b, "conv", b.Input("x", 1, 3, 12), 4)))
	y = b.Node("add", graph.Add{}, y, b.Positive("/Constant_output_0"))
	y = b.Node("mul", graph.Mul{}, b.Random("block.gamma", 4, 1), y)
	y = b.Node("scaled", graph.Mul{}, line(b, "conv2", y, 2), b.Positive("temperature"))
	y = b.Node("flatten", graph.Reshape{Shape: []int{1, 16}}, y)
	y = b.BatchNorm("bn2", b.Node("fc", graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, y, b.Random("fc.weight", 5, 16)))
	return b.Outputs(b.Node("out", graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, y, b.Random("out.weight", 2, 5)))
}

// One dimension, numbers, parameters and LinearBn1d, each sound and as MQBench.
func TestNumbersAndLines(t *testing.T) {
	weights := func(names string) string { return strings.ReplaceAll(names, "W", "w:conv") }
	for _, c := range []struct {
		backend     string
		exact, eval bool
		want        string
	}{
		{"tensorrt", false, false, "conv_image W relu block_gamma add conv2_image W2 conv2 temperature flatten w:fc fc w:out"},
		{"tensorrt", true, false, "W relu block_gamma add W2 conv2 temperature w:fc fc w:out"},
		{"tensorrt", true, true, "W relu block_gamma add W2 conv2 temperature flatten w:fc fc w:out"},
		{"tensorrt_nlp", false, false, "W W2 flatten w:fc fc w:out"},
		{"onnx_qnn", true, true, "W relu add"},
		{"openvino", true, false, "x W u:relu W2 w:fc fc w:out"},
		{"vitis", true, false, "W add mul W2 scaled w:fc w:out out"},
		{"academic", true, false, "W W2 flatten w:fc bn2 w:out"},
	} {
		r := preset(t, c.backend)
		r.MQBenchExact, r.MQBenchEval = c.exact, c.eval
		p, err := prepare.Prepare(numbers(t), r)
		if err != nil {
			t.Fatal(err)
		}
		if got := short(p); got != weights(c.want) {
			t.Errorf("%s, exact %v, evaluation %v:\ngot  %s\nwant %s", c.backend, c.exact, c.eval, got, weights(c.want))
		}
		if m := p.Modules[0]; c.backend != "academic" && (m.Kind != "ConvBnReLU1d" || m.Name != "conv") {
			t.Errorf("%+v", m)
		}
	}
}

// [Q] What a pool pads for itself is its own: the quantizer stands before it. Padding that is a module is not.
func TestPaddingOfAPool(t *testing.T) {
	pool := graph.AveragePool{Kernel: []int{2, 2}, Strides: []int{2, 2}, Dilations: []int{1, 1}, Pads: make([]int, 4)}
	for name, want := range map[string]string{"/pool/Pad": "x w:conv sigmoid", "/zero/Pad": "x w:conv /zero/Pad"} {
		b := graphtest.New(t)
		y := b.Node("sigmoid", graph.Sigmoid{}, b.Conv("conv", b.Input("x", 1, 2, 4, 4), 2, 1))
		y = b.Node(name, graph.Pad{Before: []int{0, 0, 1, 1}, After: []int{0, 0, 1, 1}}, y)
		r := preset(t, "tensorrt")
		r.MQBenchExact = true
		p, err := prepare.Prepare(b.Outputs(b.Node("/pool/AveragePool", pool, y)), r)
		if err != nil {
			t.Fatal(err)
		}
		if got := short(p); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// [Q] Of modules with a ReLU in them MQBench knows three for unsigned: Conv2d's two, and Conv1d's with a normalization.
func TestOpenVINOExactLines(t *testing.T) {
	b := graphtest.New(t)
	conv := graph.Conv{Kernel: []int{3}, Strides: []int{1}, Dilations: []int{1}, Group: 1, Pads: make([]int, 2)}
	x := b.Node("c", conv, b.Input("x", 1, 3, 9), b.Random("c.weight", 4, 3, 3))
	x = b.Node("relu", graph.Relu{}, b.BatchNorm("bn", x))
	y := b.Node("fc", graph.MatMul{}, x, b.Random("fc.weight", 7, 2))
	r := preset(t, "openvino")
	r.MQBenchExact = true
	p, err := prepare.Prepare(b.Outputs(y), r)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := short(p), "x w:c u:relu w:fc"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
