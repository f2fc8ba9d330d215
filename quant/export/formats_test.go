package export

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// small is x → conv → relu → gap → flatten → fc, its numbers such that every product below is exact.
func small(t *testing.T) *graph.Graph {
	b := graphtest.New(t)
	y := b.Node("conv", graph.Conv{Kernel: []int{1, 1}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Group: 1, Pads: make([]int, 4)},
		b.Input("x", 1, 2, 2, 2), b.Const("conv.weight", []float32{1, -2, 3, 8}, 2, 2, 1, 1), b.Const("conv.bias", []float32{0.25, -1}, 2))
	y = b.Node("gap", graph.GlobalAveragePool{}, b.Node("relu", graph.Relu{}, y))
	y = b.Node("flatten", graph.Reshape{Shape: []int{1, 2}}, y)
	return b.Outputs(b.Node("fc", graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, y,
		b.Const("fc.weight", []float32{0.5, -0.5, 0.25, 1, -2, 0}, 3, 2), b.Const("fc.bias", []float32{1, 0, -1}, 3)))
}

// numbers are a quantizer's, by what it quantizes: one zero point for all scales.
type numbers struct {
	scale []float32
	zero  int32
}

// handmade prepares small for a backend and gives the quantizers numbers; there must be one for each.
func handmade(t *testing.T, backend string, params map[string]numbers) *calibrate.Calibrated {
	t.Helper()
	r, err := recipe.Preset(backend)
	if err != nil {
		t.Fatal(err)
	}
	p, err := prepare.Prepare(small(t), r)
	if err != nil {
		t.Fatal(err)
	}
	c := &calibrate.Calibrated{Prepared: *p}
	for _, q := range p.Quantizers {
		name := p.Graph.Values[q.Value].Name
		n, ok := params[name]
		if !ok {
			t.Fatalf("%s: no numbers for %q", backend, name)
		}
		params := scheme.QParams{Scale: n.scale, ZeroPoint: slices.Repeat([]int32{n.zero}, len(n.scale)), Axis: q.Axis}
		params.QMin, params.QMax = q.Scheme.Range()
		if backend == "nnie" { // n.zero is z of 2^((k+z)/16), k to 127; n.scale what was observed
			params.QMin, params.QMax, params.Grid = -127, 127, scheme.Log2
		}
		c.Params = append(c.Params, params)
	}
	if len(c.Params) != len(params) {
		t.Fatalf("%s: %d quantizers, numbers for %d", backend, len(c.Params), len(params))
	}
	return c
}

// one is a scale and a zero point.
func one(scale float32, zero int32) numbers { return numbers{[]float32{scale}, zero} }

// The files of testdata/small are written by hand from spec §4.2; ONNX files are compared as listing
// gives them.
func TestSmallFiles(t *testing.T) {
	signed := map[string]numbers{
		"x": one(0.5, 0), "conv.weight": {[]float32{0.015625, 0.03125}, 0}, "relu_out": one(0.25, 0), "flatten_out": one(0.125, 0),
		"fc.weight": {[]float32{0.00390625, 0.0078125, 0.015625}, 0},
	}
	with := func(m map[string]numbers, name string, n numbers) map[string]numbers {
		out := map[string]numbers{name: n}
		for k, v := range m {
			if k != name {
				out[k] = v
			}
		}
		return out
	}
	unsigned := map[string]numbers{
		"x": one(0.5, 128), "conv.weight": one(0.03125, 64), "relu_out": one(0.25, 0), "flatten_out": one(0.125, 0),
		"fc.weight": one(0.0078125, 128), "fc_out": one(0.5, 100),
	}
	channels := with(with(unsigned, "conv.weight", numbers{[]float32{0.03125, 0.0625}, 64}), "fc.weight", numbers{[]float32{0.5, 0.25, 0.125}, 128})
	stpu := with(with(with(signed, "conv.weight", one(0.03125, 0)), "fc.weight", one(0.0078125, 0)), "fc_out", one(0.5, 0))
	wide := map[string]numbers{
		"x": one(0.001953125, 32768), "conv.weight": one(0.03125, 64), "relu_out": one(0.00390625, 0), "flatten_out": one(0.0078125, 0),
		"fc.weight": one(0.0078125, 128), "fc_out": one(0.001953125, 100),
	}
	openvino := map[string]numbers{
		"x": one(0.5, 0), "conv.weight": {[]float32{0.03125, 0.0625}, 0}, "relu_out": one(0.25, 0), "gap_out": one(0.125, 0),
		"fc.weight": {[]float32{0.0078125, 0.015625, 0.03125}, 0},
	}
	qnn := map[string]numbers{
		"x": one(0.5, 128), "conv.weight": one(0.0625, 64), "relu_out": one(0.25, 0), "gap_out": one(0.125, 0),
	}
	vitis := map[string]numbers{
		"conv.weight": one(0.03125, 0), "conv.bias": one(0.0078125, 0), "relu_out": one(0.25, 0), "gap_out": one(0.125, 0),
		"fc.weight": one(0.0078125, 0), "fc.bias": one(0.015625, 0), "fc_out": one(0.5, 0),
	}
	nnie := map[string]numbers{
		"x": one(15.75, -63), "conv.weight": one(3.9375, -95), "relu_out": one(32, -47), "flatten_out": one(8.125, -79), "fc.weight": one(0.984375, -127),
	}
	for _, test := range []struct {
		format, backend string
		params          map[string]numbers
		notes           string
	}{
		{"tensorrt", "tensorrt", signed, ""},
		{"tensorrt_explicit", "tensorrt", signed, ""},
		{"qoperator", "tensorrt", signed, ""},
		{"snpe", "snpe", unsigned, ""},
		{"ppl", "pplw8a16", wide, ""},
		{"ppl_cuda", "pplcuda", channels, ""},
		{"vitis", "vitis", vitis, ""},
		{"nnie", "nnie", nnie, ""},
		{"openvino", "openvino", openvino, ""},
		{"tengine", "tengine_u8", unsigned, ""},
		{"stpu", "stpu", stpu, ""},
		{"onnx_qnn", "onnx_qnn", qnn, "1 of 2 layers stay float between DequantizeLinear and QuantizeLinear: fc."},
		{"sophgo", "bm1684x", with(signed, "fc_out", one(0.5, 0)), ""},
	} {
		t.Run(test.format, func(t *testing.T) {
			files, notes, err := Export(t.Context(), test.format, "small", handmade(t, test.backend, test.params))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(notes, "\n"); got != test.notes {
				t.Errorf("notes: %q, want %q", got, test.notes)
			}
			checkGolden(t, test.format, files)
		})
	}
}

// checkGolden compares files with those of testdata/small/<format>, and wants no other there.
func checkGolden(t *testing.T, format string, files []File) {
	t.Helper()
	dir := filepath.Join("testdata", "small", format)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(files) {
		t.Errorf("%d files, want %d", len(files), len(entries))
	}
	for _, f := range files {
		name, got := f.Name, string(f.Bytes)
		if strings.HasSuffix(name, ".onnx") {
			name, got = name+".txt", listing(t, f.Bytes)
		}
		want, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Errorf("%v; got\n%s", err, got)
			continue
		}
		if got != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

// listing is an ONNX file as text: opsets, nodes with what they read and make, constants.
func listing(t *testing.T, b []byte) string {
	t.Helper()
	m, err := onnx.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	var s strings.Builder
	for _, o := range m.Opsets {
		fmt.Fprintf(&s, "opset %s %d\n", o.Domain, o.Version)
	}
	for _, n := range m.Graph.Nodes {
		var attrs []string
		for _, a := range n.Attrs {
			switch a.Type {
			case onnx.AttrInt:
				attrs = append(attrs, fmt.Sprintf("%s=%d", a.Name, a.I))
			case onnx.AttrFloat:
				attrs = append(attrs, fmt.Sprintf("%s=%g", a.Name, a.F))
			case onnx.AttrInts:
				attrs = append(attrs, fmt.Sprintf("%s=%d", a.Name, a.Ints))
			}
		}
		op := n.OpType
		if n.Domain != "" {
			op = n.Domain + "." + op
		}
		fmt.Fprintln(&s, strings.TrimSpace(fmt.Sprintf("%s = %s(%s) %s", strings.Join(n.Outputs, " "), op, strings.Join(n.Inputs, " "), strings.Join(attrs, " "))))
	}
	for _, c := range m.Graph.Initializers {
		if f, err := c.Floats(nil); err == nil && c.DataType == onnx.Float {
			fmt.Fprintf(&s, "%s %s %v %v\n", c.Name, strings.ToLower(c.DataType.String()), c.Dims, f)
		} else if i, err := c.Ints(nil); err == nil {
			fmt.Fprintf(&s, "%s %s %v %v\n", c.Name, strings.ToLower(c.DataType.String()), c.Dims, i)
		}
	}
	return s.String()
}

// A scale for each channel of an activation, or for each block of a weight, is something that only QDQ has: told before anything is calibrated, and when a file is to be written.
func TestScalesThatNoFormatHas(t *testing.T) {
	r, err := recipe.Preset("qdq")
	if err != nil {
		t.Fatal(err)
	}
	blocks := r
	r.Activation.Scheme.PerChannel, blocks.Weight.Scheme.Block = true, 4
	told(t, r, "wasm qdq", "x_post_act_fake_quantizer, which has a scale for each channel")
	four := r
	four.Activation.Scheme.Bits = 4
	told(t, four, "wasm", "x_post_act_fake_quantizer, which has a scale for each channel")
	told(t, blocks, "wasm qdq", "conv.weight_fake_quant, which has a scale for each block of 4 inputs")
}

func told(t *testing.T, r recipe.Recipe, but, want string) {
	t.Helper()
	p, err := prepare.Prepare(small(t), r)
	if err != nil {
		t.Fatal(err)
	}
	x := calibrate.Items{Len: 1, Inputs: func(int) ([][]float32, error) { return [][]float32{{1, 2, 3, 4, 5, 6, 7, 8}}, nil }}
	c, err := calibrate.Run(t.Context(), p, x, 1, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Formats() {
		if slices.Contains(strings.Fields(but), f.Name) {
			if err := f.Holds(p); err != nil {
				t.Error(err)
			}
			continue
		}
		if err := f.Holds(p); err == nil || f.Name != "nnie" && !strings.Contains(err.Error(), want) { // which names the codes first
			t.Errorf("%s: %v", f.Name, err)
		}
		if _, _, err := Export(t.Context(), f.Name, "small", c); err == nil || !strings.Contains(err.Error(), "the preset "+f.Backend+" gives what it takes") {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}
