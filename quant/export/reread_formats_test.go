package export

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
)

// altered is a file with a change.
func altered(t *testing.T, file []byte, change func(m *onnx.Model)) []byte {
	t.Helper()
	m, err := onnx.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	change(m)
	return onnx.Encode(m)
}

// flip changes a bit of an initializer.
func flip(name string) func(*onnx.Model) {
	return func(m *onnx.Model) {
		at := slices.IndexFunc(m.Graph.Initializers, func(t onnx.Tensor) bool { return t.Name == name })
		raw := slices.Clone(m.Graph.Initializers[at].Raw)
		raw[0] ^= 1
		m.Graph.Initializers[at].Raw = raw
	}
}

// node changes the node that makes a value.
func node(out string, change func(*onnx.Node)) func(*onnx.Model) {
	return func(m *onnx.Model) {
		change(&m.Graph.Nodes[slices.IndexFunc(m.Graph.Nodes, func(n onnx.Node) bool { return n.Outputs[0] == out })])
	}
}

// read makes a node read another value at one of its inputs.
func read(i int, value string) func(*onnx.Node) {
	return func(n *onnx.Node) { n.Inputs = slices.Clone(n.Inputs); n.Inputs[i] = value }
}

// Reading back finds what was changed in the ONNX file of any form.
func TestEveryFormRereads(t *testing.T) {
	signed := map[string]numbers{
		"x": one(0.5, 0), "conv.weight": {[]float32{0.015625, 0.03125}, 0}, "relu_out": one(0.25, 0), "flatten_out": one(0.125, 0),
		"fc.weight": {[]float32{0.00390625, 0.0078125, 0.015625}, 0},
	}
	c := handmade(t, "tensorrt", signed)
	form := func(format string) []byte {
		files, _, err := Export(t.Context(), format, "small", c)
		if err != nil {
			t.Fatal(err)
		}
		return files[0].Bytes
	}
	network := deployed(c)
	lower := func() *lowering {
		l := newLowering(c, capabilities{linear: true, ops: []string{"GlobalAveragePool"}})
		l.run(t.Context())
		return l
	}
	for _, f := range []struct {
		format  string
		reread  func(file []byte) error
		changes map[string]func(*onnx.Model)
	}{
		{"tensorrt", func(file []byte) error {
			m, err := onnx.Decode(file)
			if err != nil {
				return err
			}
			g, err := onnx.ToGraph(m, onnx.Options{})
			if err != nil {
				return err
			}
			return sameNetwork(graph.Compact(network), g)
		}, map[string]func(*onnx.Model){
			"a weight":     flip("conv.weight"),
			"a bias":       flip("fc.bias"),
			"an operator":  node("relu_out", func(n *onnx.Node) { n.OpType = "Sigmoid" }),
			"an attribute": node("fc_out", func(n *onnx.Node) { n.Attrs = append(slices.Clone(n.Attrs), onnx.Real("alpha", 2)) }),
			"an input":     node("gap_out", read(0, "conv_out")),
		}},
		{"tensorrt_explicit", explicit(c).rereadExplicit, map[string]func(*onnx.Model){
			"a weight":         flip("conv.weight"),
			"a weight's scale": flip("fc.weight_scale"),
			"an activation's":  flip("x_scale"),
			"a quantizer that is missing": func(m *onnx.Model) {
				m.Graph.Nodes = slices.DeleteFunc(m.Graph.Nodes, func(n onnx.Node) bool { return n.Name == "x_QuantizeLinear" })
			},
			"a dequantizer of another": node("x_dequantized", read(0, "relu_out_quantized")),
		}},
		{"qoperator", func(file []byte) error { return lower().reread(file) }, map[string]func(*onnx.Model){
			"a weight":              flip("conv.weight_quantized"),
			"a weight's scale":      flip("conv.weight_scale"),
			"a bias":                flip("conv.bias_quantized"),
			"an activation's scale": flip("relu_out_scale"),
			"a zero point":          flip("x_zero_point"),
			"an operator":           node("conv_out_quantized", func(n *onnx.Node) { n.OpType = "ConvInteger" }),
			"a domain":              node("gap_out_quantized", func(n *onnx.Node) { n.Domain = "" }),
			"an input":              node("conv_out_quantized", read(1, "relu_out_scale")),
		}},
	} {
		file := form(f.format)
		if err := f.reread(file); err != nil {
			t.Fatalf("%s, unchanged: %v", f.format, err)
		}
		for what, change := range f.changes {
			if err := f.reread(altered(t, file, change)); err == nil {
				t.Errorf("%s: %s was not found", f.format, what)
			}
		}
	}
}

// OpenVINO's own operators too.
func TestOpenVINORereads(t *testing.T) {
	c := handmade(t, "openvino", map[string]numbers{
		"x": one(0.5, 0), "conv.weight": {[]float32{0.03125, 0.0625}, 0}, "relu_out": one(0.25, 0), "gap_out": one(0.125, 0),
		"fc.weight": {[]float32{0.0078125, 0.015625, 0.03125}, 0},
	})
	files, _, err := Export(t.Context(), "openvino", "small", c)
	if err != nil {
		t.Fatal(err)
	}
	f := fakeQuantizes{c: c}
	if err := f.reread(files[0].Bytes); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(*onnx.Model){
		"levels":    node("x_fake_quantized", func(n *onnx.Node) { n.Attrs = []onnx.Attr{onnx.Int("levels", 255)} }),
		"a domain":  node("x_fake_quantized", func(n *onnx.Node) { n.Domain = "" }),
		"a limit":   node("relu_out_fake_quantized", read(2, "input_max_gap_out")),
		"both":      node("relu_out_fake_quantized", func(n *onnx.Node) { read(2, "input_max_gap_out")(n); read(4, "output_max_gap_out")(n) }),
		"a channel": flip2("input_min_conv.weight", "output_min_conv.weight"),
	} {
		if err := f.reread(altered(t, files[0].Bytes, change)); err == nil {
			t.Errorf("%s was not found", what)
		}
	}
}

// flip2 changes the highest bit of the exponent of the first number of two initializers alike.
func flip2(names ...string) func(*onnx.Model) {
	return func(m *onnx.Model) {
		for i := range m.Graph.Initializers {
			if c := &m.Graph.Initializers[i]; slices.Contains(names, c.Name) {
				c.Raw = slices.Clone(c.Raw)
				c.Raw[3] ^= 1
			}
		}
	}
}

// Text files: another number, another name, one too many or too few.
func TestTextsReread(t *testing.T) {
	o := object{{"ppl", object{{"x", object{{"step", float32(0.1)}, {"zero_point", int32(-3)}, {"bit", 8}, {"type", "biased"}}},
		{"w", object{{"step", []float32{1, 2.5}}, {"zero_point", []int32{0, 1}}}}, {"e", []object{{{"min", float32(-1)}}}}}}}
	doc := o.document()
	if err := sameDocument(doc, o); err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{"0.1", "0.10000001"}, {"-3", "3"}, {"8", "7"}, {"biased", "unbiased"}, {"2.5", "2"}, {`"x"`, `"y"`}, {`"step": 0.1,`, ""}, {"-1", "-1.5"},
		{`"zero_point": -3`, `"zero_point": -3, "more": 1`}, {"}", ""},
	} {
		if !bytes.Contains(doc, []byte(change[0])) {
			t.Fatalf("no %q in\n%s", change[0], doc)
		}
		if err := sameDocument(bytes.Replace(doc, []byte(change[0]), []byte(change[1]), 1), o); err == nil {
			t.Errorf("%q in place of %q was not found", change[1], change[0])
		}
	}
	lines := table{separator: " "}
	lines.remark(" of tensors")
	lines.row("a b", float32(0.1), 3)
	lines.row("c", float32(2), -1, "INT8")
	text, err := lines.document()
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{{"# of", "#of"}, {"a b", "a"}, {"0.1", "0.2"}, {"INT8", "INT4"}, {"c 2 -1 INT8\n", ""}, {"c 2", "c 1 2"}, {"\nc", "\nd"}} {
		if err := lines.same(strings.Replace(string(text), change[0], change[1], 1)); err == nil {
			t.Errorf("%q in place of %q was not found", change[1], change[0])
		}
	}
	for _, name := range []string{"a b", "d\ne", "#f"} {
		twice := lines
		twice.rows = slices.Clone(lines.rows)
		twice.row(name, 1)
		if _, err := twice.document(); err == nil {
			t.Errorf("a tensor called %q was written", name)
		}
	}
}
