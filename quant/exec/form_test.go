package exec_test

import (
	"math"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/scheme"
)

// TestForms reads why nodes of the mixed networks do not run on integers.
func TestForms(t *testing.T) {
	want := map[string]map[string]string{ // by case and node; "" runs on integers
		"a residual block whose sum is float":                               {"conv0": "", "Add1": "its input is not quantized", "conv3": ""},
		"squeeze and excite":                                                {"conv0": "", "GlobalAveragePool1": "", "conv2": "", "Sigmoid5": "its input is not quantized", "Mul6": ""},
		"a grouped convolution, which has no integer form":                  {"conv0": "4 groups", "conv1": ""},
		"activations of 16 bits":                                            {"conv0": "no codes of 8 bits", "conv1": ""},
		"a zero point for each of many channels, which has no integer form": {"conv0": "a zero point for each channel"},
		"softmax of quantized logits":                                       {"Gemm0": "", "Softmax1": "its output is not quantized"},
		"a transposed convolution between layers":                           {"conv0": "", "ConvTranspose1": "constant"},
		"a bias too large for its scale":                                    {"conv0": "too large for its scale"},
		"silu as sigmoid and mul, quantized between":                        {"conv0": "", "Sigmoid1": "", "Mul2": ""},
		"relu of a quantized sum":                                           {"Add0": "", "Relu1": ""},
	}
	seen := 0
	for _, c := range integerCases() {
		nodes, ok := want[c.name]
		if !ok {
			continue
		}
		seen++
		n := &network{Builder: graphtest.New(t), t: t, rule: scheme.ONNX}
		n.Outputs(c.build(n)...)
		r, err := exec.New(t.Context(), n.quantized(), exec.Config{Pool: exec.Compiled, Integer: true})
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range n.forms(r) {
			why, ok := nodes[n.Graph.Nodes[i].Name]
			if !ok {
				continue
			}
			delete(nodes, n.Graph.Nodes[i].Name)
			if why == "" && (!f.Integer || f.Why != "") || !strings.Contains(f.Why, why) || f.Integer && why != "" && !strings.Contains(why, "too large") {
				t.Errorf("%s, %s: %+v, want %q", c.name, n.Graph.Nodes[i].Name, f, why)
			}
		}
		r.Close()
		if len(nodes) > 0 {
			t.Errorf("%s has no nodes %v", c.name, nodes)
		}
	}
	if seen != len(want) {
		t.Errorf("%d of %d cases exist", seen, len(want))
	}
}

// TestFormsOfConstants: what computes on a constant without codes, and leads to codes, is no step on integers.
func TestFormsOfConstants(t *testing.T) {
	for name, op := range map[string]graph.Op{
		"mean": graph.GlobalAveragePool{}, "max": graph.GlobalMaxPool{},
		"windows":  graph.AveragePool{Kernel: []int{2, 2}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Pads: make([]int, 4)},
		"greatest": graph.MaxPool{Kernel: []int{2, 2}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Pads: make([]int, 4)},
		"softmax":  graph.Softmax{Axis: 1}, "sigmoid": graph.Sigmoid{}, "relu": graph.Relu{},
	} {
		n := &network{Builder: graphtest.New(t), t: t, rule: scheme.ONNX}
		y := n.Node("c", op, n.Random("w", 1, 4, 3, 3))
		n.perTensor(y)
		n.Outputs(y)
		r, err := exec.New(t.Context(), n.quantized(), exec.Config{Pool: exec.Compiled, Integer: true})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if f := n.forms(r)[0]; f.Integer || f.Why == "" {
			t.Errorf("%s: %+v", name, f)
		}
		r.Close()
	}
}

// TestRoundBias: rounding the biases changes a run on floats by what they are rounded by, half a unit of
// the sums, and nothing else.
func TestRoundBias(t *testing.T) {
	n := &network{Builder: graphtest.New(t), t: t, rule: scheme.PyTorch}
	y := n.conv(image(n, 3, 5, 5), 4, kernel(1, 1, 0, 1), 1, n.perTensor)
	n.Outputs(n.BatchNorm("bn", y))
	item := n.spread(1)[0]
	var out [2][]float32
	for i, rounded := range []bool{false, true} {
		r, err := exec.New(t.Context(), n.quantized(), exec.Config{Pool: exec.Compiled, RoundBias: rounded})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Run(t.Context(), item...); err != nil {
			t.Fatal(err)
		}
		out[i] = r.Output(0)
		r.Close()
	}
	bn := n.Graph.Nodes[1]
	gamma, variance := n.Graph.Values[bn.Inputs[1]].Const.F, n.Graph.Values[bn.Inputs[4]].Const.F
	for c := range 4 {
		unit := math.Abs(1. / 32 * 2 / 255 * float64(gamma[c]) / math.Sqrt(float64(variance[c])+1e-5))
		first := float64(out[1][25*c] - out[0][25*c])
		for i := 25 * c; i < 25*(c+1); i++ {
			if d := float64(out[1][i] - out[0][i]); math.Abs(d) > unit/2*1.01 || math.Abs(d-first) > 1e-5 {
				t.Errorf("channel %d moves by %v, then %v; a unit is %v", c, first, d, unit)
			}
		}
		if first == 0 {
			t.Errorf("channel %d does not move", c)
		}
	}
}

// TestCodes: a quantized value has codes, what only moves into it too, what stays readable on its own not.
func TestCodes(t *testing.T) {
	n := &network{Builder: graphtest.New(t), t: t, rule: scheme.PyTorch}
	x := image(n, 3, 5, 5)
	a, b := n.node(graph.Relu{}, x), n.node(graph.Sigmoid{}, x)
	y := n.u8(n.node(graph.Concat{Axis: 1}, a, b), 0.02, 0)
	n.Outputs(n.node(graph.Relu{}, y), b)
	codes := exec.Codes(n.quantized())
	for v, want := range map[graph.ValueID]bool{x: true, a: true, b: false, y: true} {
		if (codes[v] != nil) != want {
			t.Errorf("%s has codes: %t", n.Graph.Values[v].Name, codes[v] != nil)
		}
	}
	if codes[a] != codes[y] {
		t.Error("what moves into a value has other codes than it")
	}
}
