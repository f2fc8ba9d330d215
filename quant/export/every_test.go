package export

import (
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/recipe"
)

// unusual are networks that formats have stumbled over: operators that only newer opsets have, outputs in
// odd places, and files that are quantized already.
func unusual(t *testing.T) map[string]*graph.Graph {
	nets := map[string]*graph.Graph{}
	between := func(op string, opset int64, attrs ...onnx.Attr) {
		n := newNet(0, 3, 6, 6)
		n.model.Opsets[0].Version = opset
		n.then("Conv", []string{n.weight("a.weight", 0, 4, 3, 3, 3), n.weight("a.bias", 0, 4)})
		n.then(op, nil, attrs...)
		n.then("Conv", []string{n.weight("b.weight", 0, 2, 4, 1, 1)})
		nets[op] = n.build(t)
	}
	for _, op := range []string{"Mish", "HardSwish", "Gelu", "Softplus", "Elu", "Tanh", "HardSigmoid", "Softmax", "Sigmoid", "LeakyRelu", "Exp", "Clip", "GlobalAveragePool", "Identity"} {
		between(op, 21)
	}
	silu := newNet(0, 3, 6, 6)
	silu.then("Conv", []string{silu.weight("a.weight", 0, 4, 3, 3, 3)})
	y := silu.last
	silu.then("Sigmoid", nil).then("Mul", []string{y})
	silu.then("Conv", []string{silu.weight("b.weight", 0, 2, 4, 1, 1)})
	nets["SiLU"] = silu.build(t)
	itself := newNet(4, 3, 3, 3)
	itself.then("Conv", []string{"x", itself.constant("bias", []int64{4}, 1e12, 0, -1, 1)})
	nets["weight is an activation, bias beyond its scale"] = itself.then("Relu", nil).then("Conv", []string{itself.weight("a.weight", 0, 2, 4, 1, 1)}).build(t)

	outputs := func(name string, more ...string) {
		n := convolutions()
		for _, o := range more {
			n.model.Graph.Outputs = append(n.model.Graph.Outputs, onnx.ValueInfo{Name: o, Known: true, ElemType: onnx.Float})
		}
		first := onnx.ValueInfo{Name: n.last, Known: true, ElemType: onnx.Float}
		n.model.Graph.Outputs = append([]onnx.ValueInfo{first}, n.model.Graph.Outputs...)
		g, err := onnx.ToGraph(&n.model, onnx.Options{})
		if err != nil {
			t.Fatal(err)
		}
		nets[name] = g
	}
	outputs("output is input", "x")
	outputs("output is read on", "Relub", "Sigmoidf")

	for _, name := range []string{"config1", "tensorrt", "qdq"} {
		c, _ := calibrated(t, convolutions().build(t), preset(t, name, 8, 8))
		file, _, err := QDQ(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		m, err := onnx.Decode(file)
		if err != nil {
			t.Fatal(err)
		}
		if nets["QDQ of "+name], err = onnx.ToGraph(m, onnx.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	return nets
}

// Every format takes every network that its preset quantizes, and reads back what it wrote.
func TestEveryFormatOfUnusualNets(t *testing.T) {
	for name, g := range unusual(t) {
		for _, engine := range backend.List() {
			r, err := recipe.Preset(engine.Name)
			if err != nil {
				t.Fatal(err)
			}
			c, _ := calibrated(t, g, r)
			for _, f := range Formats() {
				if f.Name != "qdq" && f.Name != "qoperator" && !slices.Contains(engine.Formats, f.Name) {
					continue
				}
				_, _, err := Export(t.Context(), f.Name, "net", c)
				if err != nil && !strings.Contains(err.Error(), "gives what it takes") {
					t.Errorf("%s, %s, %s: %v", name, engine.Name, f.Name, err)
				}
			}
		}
	}
}
