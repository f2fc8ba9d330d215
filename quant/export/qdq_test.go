package export

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/orttest"
	"github.com/quantscope/quantscope/quant/scheme"
)

// file is an exported model with what makes its nodes' inputs found.
type file struct {
	*onnx.Model
	made  map[string]*onnx.Node   // by output
	init  map[string]*onnx.Tensor // by name
	notes []string
}

func exported(t *testing.T, c *calibrate.Calibrated) file {
	t.Helper()
	b, notes, err := QDQ(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	m, err := onnx.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	f := file{m, map[string]*onnx.Node{}, map[string]*onnx.Tensor{}, notes}
	for i := range m.Graph.Nodes {
		f.made[m.Graph.Nodes[i].Outputs[0]] = &m.Graph.Nodes[i]
	}
	for i := range m.Graph.Initializers {
		f.init[m.Graph.Initializers[i].Name] = &m.Graph.Initializers[i]
	}
	return f
}

// number is an int attribute, absent where it is not there.
func number(n *onnx.Node, name string, absent int64) int64 {
	for _, a := range n.Attrs {
		if a.Name == name {
			return a.I
		}
	}
	return absent
}

func TestWeightsAndBiases(t *testing.T) {
	// Axis of each layer's weight scales, in the order of the layers.
	for _, test := range []struct {
		net  *net
		axes []int64
	}{{convolutions(), []int64{0, 1, 0, 0}}, {linears(), []int64{1, 1, 0, 0}}} {
		c, _ := calibrated(t, test.net.build(t), preset(t, "config1", 8, 8))
		f := exported(t, c)
		layers := 0
		for i := range f.Graph.Nodes {
			n := &f.Graph.Nodes[i]
			switch n.OpType {
			case "Conv", "ConvTranspose", "Gemm", "MatMul":
			default:
				continue
			}
			dq := f.made[n.Inputs[1]]
			if dq == nil || dq.OpType != "DequantizeLinear" {
				t.Fatalf("%s: its weight is not dequantized", n.Name)
			}
			if axis := number(dq, "axis", -1); axis != test.axes[layers] {
				t.Errorf("%s: scales along axis %d, want %d", n.Name, axis, test.axes[layers])
			}
			layers++
			q, s, z := f.init[dq.Inputs[0]], f.init[dq.Inputs[1]], f.init[dq.Inputs[2]]
			if q.DataType != onnx.Int8 || z.DataType != onnx.Int8 {
				t.Errorf("%s: weight is stored as %v with zero points of %v", n.Name, q.DataType, z.DataType)
			}
			if n.OpType == "ConvTranspose" {
				if f.made[n.Inputs[0]].OpType == "DequantizeLinear" {
					t.Errorf("%s: the Academic rule leaves its input float", n.Name)
				}
				continue
			}
			if len(n.Inputs) < 3 || n.Name == "Gemmi" { // without bias; scaled by beta
				continue
			}
			x, b := f.made[n.Inputs[0]], f.made[n.Inputs[2]]
			if b == nil || f.init[b.Inputs[0]].DataType != onnx.Int32 || f.init[b.Inputs[2]].DataType != onnx.Int32 {
				t.Fatalf("%s: its bias is not stored as int32", n.Name)
			}
			if axis := number(b, "axis", -1); axis != 0 {
				t.Errorf("%s: scales of the bias along axis %d", n.Name, axis)
			}
			sw, _ := s.Floats(nil)
			sx, _ := f.init[x.Inputs[1]].Floats(nil)
			sb, _ := f.init[b.Inputs[1]].Floats(nil)
			for ch := range sb {
				if sb[ch] != sx[0]*sw[ch] {
					t.Errorf("%s: scale %d of the bias is %g, want %g·%g", n.Name, ch, sb[ch], sx[0], sw[ch])
				}
			}
			if z, _ := f.init[b.Inputs[2]].Ints(nil); slices.ContainsFunc(z, func(v int64) bool { return v != 0 }) {
				t.Errorf("%s: zero points of the bias are %v", n.Name, z)
			}
		}
		if layers != len(test.axes) {
			t.Errorf("%d layers, want %d", layers, len(test.axes))
		}
		for name, tensor := range f.init {
			if tensor.DataType == onnx.Float && strings.HasSuffix(name, ".weight") {
				t.Errorf("%s is stored as float too", name)
			}
		}
	}
}

func TestHead(t *testing.T) {
	c, _ := calibrated(t, convolutions().build(t), preset(t, "config1", 8, 8))
	f := exported(t, c)
	digest, err := c.Recipe.Digest()
	if err != nil {
		t.Fatal(err)
	}
	if f.ProducerName != "quantscope" || len(f.Metadata) != 1 || f.Metadata[0] != (onnx.Entry{Key: "quantscope.recipe", Value: digest}) {
		t.Errorf("producer %q, metadata %v", f.ProducerName, f.Metadata)
	}
	if f.Opsets[0].Version != 13 {
		t.Errorf("opset %d, want 13", f.Opsets[0].Version)
	}
	in, out := f.Graph.Inputs[0], f.Graph.Outputs[0]
	if in.Name != "x" || in.Dims[0].Param == "" || in.Dims[1].Value != 4 || out.Name != c.Graph.Values[c.Graph.Outputs[0]].Name || out.Dims[0].Param == "" {
		t.Errorf("input %v, output %v", in, out)
	}
}

// Every reader of a quantized tensor reads it dequantized.
func TestOneQuantizerForAllReaders(t *testing.T) {
	n := newNet(0, 3, 4, 4)
	n.then("Relu", nil)
	shared := n.last
	n.then("Conv", []string{n.weight("a.weight", 0, 3, 3, 1, 1)})
	n.then("Add", []string{shared})
	n.then("Mul", []string{shared})
	c, _ := calibrated(t, n.build(t), preset(t, "config1", 8, 8))
	f := exported(t, c)
	count := map[string]int{}
	for _, node := range f.Graph.Nodes {
		for _, in := range node.Inputs {
			if in == shared {
				count[node.OpType]++
			}
			if in == shared+"_dequantized" {
				count["dequantized"]++
			}
		}
	}
	if len(count) != 2 || count["QuantizeLinear"] != 1 || count["dequantized"] != 3 {
		t.Errorf("%s is read by %v, want one QuantizeLinear, and three readers of its dequantized self", shared, count)
	}
}

func TestWidths(t *testing.T) {
	for _, test := range []struct {
		preset              string
		weights, activation int
		opset               int64
		weight, code        onnx.DataType
		clip                bool
	}{
		{"config1", 8, 8, 13, onnx.Int8, onnx.Uint8, false},
		{"config2", 4, 8, 13, onnx.Uint8, onnx.Uint8, false},
		{"tensorrt", 8, 8, 13, onnx.Int8, onnx.Int8, false},
		{"qdq", 8, 7, 13, onnx.Int8, onnx.Int8, true},
		{"qdq", 8, 16, 21, onnx.Int8, onnx.Int16, false},
		{"config2", 16, 16, 21, onnx.Uint16, onnx.Uint16, false},
		{"qdq", 16, 3, 21, onnx.Int16, onnx.Int8, true},
		{"config2", 12, 9, 21, onnx.Uint16, onnx.Uint16, true},
	} {
		// The layer in the middle: the Academic rule keeps 8 bits at the ends.
		n := newNet(0, 2, 3, 3)
		n.then("Conv", []string{n.weight("a.weight", 0, 2, 2, 1, 1)})
		n.then("Conv", []string{n.weight("b.weight", 0, 2, 2, 1, 1)})
		n.then("Conv", []string{n.weight("c.weight", 0, 2, 2, 1, 1)})
		c, _ := calibrated(t, n.build(t), preset(t, test.preset, test.weights, test.activation))
		f := exported(t, c)
		if f.Opsets[0].Version != test.opset {
			t.Errorf("%v: opset %d", test, f.Opsets[0].Version)
		}
		if got := f.init["b.weight_quantized"].DataType; got != test.weight {
			t.Errorf("%v: weight is stored as %v", test, got)
		}
		q := f.made["Conva_quantized"]
		if got := f.init[q.Inputs[2]].DataType; got != test.code {
			t.Errorf("%v: activation has codes of %v", test, got)
		}
		if clipped := f.made[q.Inputs[0]].OpType == "Clip"; clipped != test.clip {
			t.Errorf("%v: clipped before it is quantized: %t", test, clipped)
		}
	}
}

// A dead channel's bias is stored as int32 all the same; one that is nearly dead stays float.
func TestBiasOfDeadChannel(t *testing.T) {
	for _, test := range []struct {
		weight float32
		float  bool
	}{{0, false}, {1e-12, false}, {1e-6, true}} {
		n := newNet(0, 1, 2, 2)
		n.then("Conv", []string{n.constant("a.weight", []int64{2, 1, 1, 1}, 1, test.weight), n.constant("a.bias", []int64{2}, 0.5, -5000)})
		c, _ := calibrated(t, n.build(t), preset(t, "config1", 8, 8))
		f := exported(t, c)
		if float := f.init["a.bias"] != nil; float != test.float || float != (len(f.notes) == 1) {
			t.Errorf("weight %g: bias is float: %t, notes %q", test.weight, float, f.notes)
		}
		if test.float {
			continue
		}
		b, s := f.init["a.bias_quantized"], f.init["a.bias_scale"]
		codes, _ := b.Ints(nil)
		scale, _ := s.Floats(nil)
		for i, want := range []float64{0.5, -5000} {
			if got := float64(codes[i]) * float64(scale[i]); math.Abs(got-want) > 1e-2*math.Abs(want) {
				t.Errorf("weight %g: bias %d is stored as %g, want %g", test.weight, i, got, want)
			}
		}
	}
}

// No scale is wide enough for some biases.
func TestBiasOfDeadChannelBeyondAllScales(t *testing.T) {
	n := newNet(0, 1, 2, 2)
	n.then("Conv", []string{n.constant("a.weight", []int64{2, 1, 1, 1}, 1, 0), n.constant("a.bias", []int64{2}, 0.5, -3e38)})
	c, _ := calibrated(t, n.build(t), preset(t, "config1", 8, 8))
	for i, q := range c.Quantizers {
		if !q.Weight {
			c.Params[i].Scale[0] = 1e-10
		}
	}
	if f := exported(t, c); f.init["a.bias"] == nil || len(f.notes) != 1 {
		t.Errorf("the bias is float: %t, notes %q", f.init["a.bias"] != nil, f.notes)
	}
}

// What a reader of the network's output sees is quantized where the fake-quantized run quantizes it.
func TestQuantizedOutput(t *testing.T) {
	n := newNet(0, 2, 4, 4)
	n.then("Conv", []string{n.weight("a.weight", 0, 3, 2, 3, 3)})
	first := n.last
	n.then("Conv", []string{n.weight("b.weight", 0, 2, 3, 1, 1)})
	n.model.Graph.Outputs = []onnx.ValueInfo{{Name: first, Known: true, ElemType: onnx.Float}}
	second := onnx.ValueInfo{Name: n.last, Known: true, ElemType: onnx.Float}
	n.model.Graph.Outputs = append(n.model.Graph.Outputs, second)
	g, err := onnx.ToGraph(&n.model, onnx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, inputs := calibrated(t, g, preset(t, "config1", 8, 8))
	b, _, err := QDQ(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	f := exported(t, c)
	if got := f.made[first]; got == nil || got.OpType != "DequantizeLinear" || f.Graph.Outputs[0].Name != first {
		t.Fatalf("output %q is not the dequantized tensor", first)
	}
	got := orttest.Run(t, "node", b, g.Values[g.Inputs[0]].Shape, slices.Concat(inputs...), "all")
	within(t, "output", fakeQuantized(t, c, inputs), got, 60)
}

// Codes that QuantizeLinear does not have are refused, and told where they only round otherwise.
func TestGrids(t *testing.T) {
	c, _ := calibrated(t, convolutions().build(t), preset(t, "config1", 8, 8))
	for _, grid := range []scheme.Grid{scheme.Log2, scheme.E4M3, scheme.E5M2} {
		c.Params[0].Grid = grid
		if _, _, err := QDQ(t.Context(), c); err == nil || !strings.Contains(err.Error(), c.Quantizers[0].Name) {
			t.Errorf("%s: %v", grid, err)
		}
	}
	c.Params[0].Grid = scheme.HalfUp
	if _, notes, err := QDQ(t.Context(), c); err != nil || len(notes) != 1 {
		t.Errorf("%v, %q", err, notes)
	}
}
