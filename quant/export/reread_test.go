package export

import (
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/onnx"
)

// Whatever is changed in a written file, reading it back finds it.
func TestRereadFindsChanges(t *testing.T) {
	c, _ := calibrated(t, convolutions().build(t), preset(t, "qdq", 8, 6))
	b, _, err := QDQ(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	tensor := func(m *onnx.Model, name string) *onnx.Tensor {
		i := slices.IndexFunc(m.Graph.Initializers, func(t onnx.Tensor) bool { return t.Name == name })
		if i < 0 {
			t.Fatalf("no initializer %q", name)
		}
		m.Graph.Initializers[i].Raw = slices.Clone(m.Graph.Initializers[i].Raw)
		return &m.Graph.Initializers[i]
	}
	node := func(m *onnx.Model, name string) *onnx.Node {
		i := slices.IndexFunc(m.Graph.Nodes, func(n onnx.Node) bool { return n.Name == name })
		if i < 0 {
			t.Fatalf("no node %q", name)
		}
		return &m.Graph.Nodes[i]
	}
	for _, change := range []struct {
		name string
		do   func(m *onnx.Model)
	}{
		{"one code of a weight", func(m *onnx.Model) { tensor(m, "b.weight_quantized").Raw[5]++ }},
		{"the last bit of a weight's scale", func(m *onnx.Model) { tensor(m, "b.weight_scale").Raw[0] ^= 1 }},
		{"a bias", func(m *onnx.Model) { tensor(m, "a.bias_quantized").Raw[0] ^= 1 }},
		{"an activation's scale", func(m *onnx.Model) { tensor(m, "x_scale").Raw[0] ^= 1 }},
		{"an activation's zero point", func(m *onnx.Model) { tensor(m, "x_zero_point").Raw[0] ^= 1 }},
		{"a bound of a Clip", func(m *onnx.Model) { tensor(m, "x_Clip_max").Raw[0] ^= 1 }},
		{"a bound that is not read", func(m *onnx.Model) { node(m, "x_QuantizeLinear").Inputs[0] = "x" }},
		{"a reader past the quantizer", func(m *onnx.Model) { node(m, "Conva").Inputs[0] = "x" }},
		{"an attribute", func(m *onnx.Model) {
			n := node(m, "LeakyRelud")
			n.Attrs = []onnx.Attr{onnx.Real("alpha", 0.02)}
		}},
		{"an operator", func(m *onnx.Model) { n := node(m, "Sigmoidf"); n.OpType, n.Attrs = "Tanh", nil }},
		{"another output", func(m *onnx.Model) { m.Graph.Outputs[0].Name = "Sigmoidf" }},
		{"another input", func(m *onnx.Model) { m.Graph.Inputs[0].Dims[2].Value++ }},
		{"a missing bias", func(m *onnx.Model) { n := node(m, "Convg"); n.Inputs = n.Inputs[:2] }},
		{"another node", func(m *onnx.Model) {
			n := node(m, "Convg")
			n.Inputs = slices.Clone(n.Inputs)
			m.Graph.Nodes = slices.Insert(m.Graph.Nodes, len(m.Graph.Nodes)-1,
				onnx.Node{Name: "more", OpType: "Neg", Inputs: []string{n.Inputs[0]}, Outputs: []string{"more"}})
			m.Graph.Nodes[len(m.Graph.Nodes)-2].OpType = "Relu"
			m.Graph.Nodes[len(m.Graph.Nodes)-1].Inputs[0] = "more"
		}},
	} {
		m, err := onnx.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if err := reread(onnx.Encode(m), c); err != nil {
			t.Fatalf("unchanged: %v", err)
		}
		change.do(m)
		if err := reread(onnx.Encode(m), c); err == nil {
			t.Errorf("%s was not found", change.name)
		} else {
			t.Logf("%s: %v", change.name, err)
		}
	}
}
