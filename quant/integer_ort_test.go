package quant_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/orttest"
	"github.com/quantscope/quantscope/quant/scheme"
)

// qlinear is one QLinear operator of ONNX Runtime and the operator that the integer engine runs for it.
type qlinear struct {
	name, op, domain string
	attrs            []onnx.Attr
	shape            []int            // of the network's input
	parts            []scheme.QParams // its quantizers: one, or one for each equal part along the channels
	out              scheme.QParams
	own              graph.Op
	weight           *tensorOf // nil for operators without
	bias             []int64
	differs          map[string]int // by engine: how many of a million codes may differ, by one; none where it has no entry
}

// tensorOf is a weight as it is stored, with its numbers.
type tensorOf struct {
	shape  []int
	codes  []int64
	params scheme.QParams
}

func u8Params(scale float32, zero int32) scheme.QParams {
	return scheme.QParams{Scale: []float32{scale}, ZeroPoint: []int32{zero}, QMax: 255, Axis: -1}
}

func s8Params(scale float32, zero int32) scheme.QParams {
	return scheme.QParams{Scale: []float32{scale}, ZeroPoint: []int32{zero}, QMin: -128, QMax: 127, Axis: -1}
}

// weightOf draws a weight: signed with a scale for each channel along axis, or, with axis -1, unsigned
// with one scale and zero point.
func weightOf(axis int, shape ...int) *tensorOf {
	r := rand.New(rand.NewPCG(101, 102))
	w := &tensorOf{shape: shape, params: u8Params(0.011, 119)}
	if axis >= 0 {
		w.params = scheme.QParams{QMin: -128, QMax: 127, Axis: axis}
		for i := range shape[axis] {
			w.params.Scale = append(w.params.Scale, 0.003*float32(i%5+1))
			w.params.ZeroPoint = append(w.params.ZeroPoint, 0)
		}
	}
	for range graph.Len(shape) {
		w.codes = append(w.codes, int64(w.params.QMin)+r.Int64N(256))
	}
	return w
}

func qlinears() []qlinear {
	x, y, conv := u8Params(1./37, 117), u8Params(0.21, 131), []int{1, 24, 11, 13}
	square := func(k, stride, pad, group int) (graph.Conv, []onnx.Attr) {
		op := graph.Conv{Kernel: []int{k, k}, Strides: []int{stride, stride}, Dilations: []int{1, 1}, Pads: []int{pad, pad, pad, pad}, Group: group}
		return op, []onnx.Attr{onnx.Ints("kernel_shape", k, k), onnx.Ints("strides", stride, stride), onnx.Ints("pads", pad, pad, pad, pad), onnx.Int("group", group)}
	}
	var biases []int64
	for i := range 40 {
		biases = append(biases, int64(i*i*97-40000))
	}
	layer := func(name string, in scheme.QParams, w *tensorOf, k, stride, pad, group int) qlinear {
		op, attrs := square(k, stride, pad, group)
		return qlinear{name: name, op: "QLinearConv", attrs: attrs, shape: conv, parts: []scheme.QParams{in}, out: y, own: op, weight: w, bias: biases[:w.shape[0]]}
	}
	const ms = "com.microsoft"
	pairs := []int{1, 2, 256, 256} // with codes put in by pairInput
	two := func(op string, own graph.Op, out scheme.QParams, differs map[string]int) qlinear {
		return qlinear{name: op, op: op, domain: ms, shape: pairs, parts: []scheme.QParams{u8Params(0.0211, 103), u8Params(0.0371, 7)}, out: out, own: own, differs: differs}
	}
	one := func(op string, own graph.Op, out scheme.QParams, shape []int, differs map[string]int, attrs ...onnx.Attr) qlinear {
		return qlinear{name: op, op: op, domain: ms, attrs: attrs, shape: shape, parts: []scheme.QParams{x}, out: out, own: own, differs: differs}
	}
	pool := func(count bool) qlinear {
		own := graph.AveragePool{Kernel: []int{3, 3}, Strides: []int{2, 2}, Dilations: []int{1, 1}, Pads: []int{1, 1, 1, 1}, IncludePad: count}
		q := one("QLinearAveragePool", own, u8Params(1./41, 120), conv, map[string]int{"node": 5000, "web": 5000},
			onnx.Ints("kernel_shape", 3, 3), onnx.Ints("strides", 2, 2), onnx.Ints("pads", 1, 1, 1, 1), onnx.Flag("count_include_pad", count))
		q.name += fmt.Sprintf(", count_include_pad %t", count)
		return q
	}
	matMul := func(name string, w *tensorOf) qlinear {
		return qlinear{name: name, op: "QLinearMatMul", shape: []int{7, 50}, parts: []scheme.QParams{x}, out: y, own: graph.MatMul{}, weight: w}
	}
	signed := layer("QLinearConv 1x1, signed", s8Params(1./37, -11), weightOf(0, 40, 24, 1, 1), 1, 1, 0, 1)
	signed.out = s8Params(0.21, -3)
	return []qlinear{
		layer("QLinearConv 3x3, per channel", x, weightOf(0, 20, 24, 3, 3), 3, 1, 1, 1),
		layer("QLinearConv 3x3, unsigned per tensor", x, weightOf(-1, 20, 24, 3, 3), 3, 2, 1, 1),
		signed,
		layer("QLinearConv depthwise, per channel", x, weightOf(0, 24, 1, 3, 3), 3, 1, 1, 24),
		layer("QLinearConv depthwise, unsigned per tensor", x, weightOf(-1, 24, 1, 5, 5), 5, 2, 2, 24),
		matMul("QLinearMatMul, per column", weightOf(1, 50, 30)),
		matMul("QLinearMatMul, unsigned per tensor", weightOf(-1, 50, 30)),
		two("QLinearAdd", graph.Add{}, u8Params(0.0473, 95), map[string]int{"node": 50, "web": 50}),
		two("QLinearMul", graph.Mul{}, u8Params(0.0301, 111), map[string]int{"node": 50, "web": 50}),
		{name: "QLinearConcat", op: "QLinearConcat", domain: ms, attrs: []onnx.Attr{onnx.Int("axis", 1)}, shape: []int{1, 24, 11, 13},
			parts: []scheme.QParams{x, u8Params(0.019, 3), u8Params(0.027, 128)}, out: u8Params(0.027, 128), own: graph.Concat{Axis: 1}},
		pool(false), pool(true),
		one("QLinearGlobalAveragePool", graph.GlobalAveragePool{}, u8Params(1./300, 120), []int{1, 512, 7, 7}, nil, onnx.Int("channels_last", 0)),
		one("QLinearSigmoid", graph.Sigmoid{}, u8Params(1./256, 0), []int{1, 1, 16, 16}, nil),
		one("QLinearLeakyRelu", graph.LeakyRelu{Alpha: 0.1}, u8Params(1./45, 30), []int{1, 1, 16, 16}, nil, onnx.Real("alpha", 0.1)),
	}
}

// input is numbers that stand for all codes, for two parts for all pairs of codes.
func (q qlinear) input() []float32 {
	x := make([]float32, graph.Len(q.shape))
	r := rand.New(rand.NewPCG(103, 104))
	per := len(x) / len(q.parts)
	for i := range x {
		p := q.parts[i/per]
		code := int32(r.IntN(256))
		switch {
		case len(q.parts) == 2:
			code = []int32{int32(i % per / 256), int32(i % 256)}[i/per]
		case per == 256:
			code = int32(i)
		}
		x[i] = float32(code+p.QMin-p.ZeroPoint[0]) * p.Scale[0]
	}
	return x
}

// model is the operator between QuantizeLinear and DequantizeLinear.
func (q qlinear) model() []byte {
	g := &onnx.Graph{Name: "qlinear"}
	constant := func(t onnx.Tensor) string { g.Initializers = append(g.Initializers, t); return t.Name }
	node := func(op, domain, out string, attrs []onnx.Attr, in ...string) {
		g.Nodes = append(g.Nodes, onnx.Node{Name: out, OpType: op, Domain: domain, Inputs: in, Outputs: []string{out}, Attrs: attrs})
	}
	numbers := func(name string, p scheme.QParams) (scale, zero string) {
		kind, dims, zeros := onnx.Uint8, []int64{}, []int64{}
		if p.QMin < 0 {
			kind = onnx.Int8
		}
		if p.Axis >= 0 {
			dims = []int64{int64(len(p.Scale))}
		}
		for _, z := range p.ZeroPoint {
			zeros = append(zeros, int64(z))
		}
		return constant(onnx.FromFloats(name+".scale", dims, p.Scale)), constant(onnx.FromInts(name+".zero", kind, dims, zeros))
	}
	var in []string
	for i, p := range q.parts {
		x := "x"
		if len(q.parts) > 1 {
			c := q.shape[1] / len(q.parts)
			x = fmt.Sprint("part", i)
			ints := func(name string, v int) string {
				return constant(onnx.FromInts(fmt.Sprint(name, i), onnx.Int64, []int64{1}, []int64{int64(v)}))
			}
			node("Slice", "", x, nil, "x", ints("from", i*c), ints("to", (i+1)*c), ints("along", 1))
		}
		scale, zero := numbers(fmt.Sprint("q", i), p)
		node("QuantizeLinear", "", fmt.Sprint("q", i), nil, x, scale, zero)
		in = append(in, fmt.Sprint("q", i), scale, zero)
	}
	if w := q.weight; w != nil {
		kind := onnx.Uint8
		if w.params.QMin < 0 {
			kind = onnx.Int8
		}
		var dims []int64
		for _, d := range w.shape {
			dims = append(dims, int64(d))
		}
		codes := constant(onnx.FromInts("w", kind, dims, w.codes))
		scale, zero := numbers("w", w.params)
		in = append(in, codes, scale, zero)
	}
	scale, zero := numbers("y", q.out)
	if q.op == "QLinearConcat" {
		in = append([]string{scale, zero}, in...)
	} else {
		in = append(in, scale, zero)
	}
	if q.bias != nil {
		in = append(in, constant(onnx.FromInts("b", onnx.Int32, []int64{int64(len(q.bias))}, q.bias)))
	}
	node(q.op, q.domain, "y", q.attrs, in...)
	node("DequantizeLinear", "", "out", nil, "y", scale, zero)
	var dims []onnx.Dim
	for _, d := range q.shape {
		dims = append(dims, onnx.Dim{Value: int64(d), Set: true})
	}
	g.Inputs = []onnx.ValueInfo{{Name: "x", Known: true, ElemType: onnx.Float, HasShape: true, Dims: dims}}
	g.Outputs = []onnx.ValueInfo{{Name: "out", Known: true, ElemType: onnx.Float}}
	return onnx.Encode(&onnx.Model{IRVersion: 7, Opsets: []onnx.Opset{{Version: 13}, {Domain: "com.microsoft", Version: 1}}, Graph: g})
}

// engine runs the operator on the integer engine.
func (q qlinear) engine(t *testing.T, input []float32) []float32 {
	t.Helper()
	b := graphtest.New(t)
	var quantizers []graph.Quantizer
	quantize := func(v graph.ValueID, p scheme.QParams) {
		quantizers = append(quantizers, graph.Quantizer{Value: v, FakeQuantize: graph.FakeQuantize{Params: p, Rule: scheme.ONNX}})
	}
	x := b.Input("x", q.shape...)
	in := []graph.ValueID{x}
	if len(q.parts) > 1 {
		in = nil
		sizes := append([]int{}, q.shape...)
		sizes[1] /= len(q.parts)
		for i := range q.parts {
			starts := make([]int, len(sizes))
			starts[1] = i * sizes[1]
			in = append(in, b.Node(fmt.Sprint("part", i), graph.Slice{Starts: starts, Steps: []int{1, 1, 1, 1}, Sizes: sizes}, x))
		}
	}
	for i, v := range in {
		quantize(v, q.parts[i])
	}
	if w := q.weight; w != nil {
		f := make([]float32, len(w.codes))
		scale := func(ch int) float32 { return w.params.Scale[ch] }
		if w.params.Axis < 0 {
			for i, c := range w.codes {
				f[i] = float32(int32(c)-w.params.ZeroPoint[0]) * scale(0)
			}
		} else {
			for ch, run := range scheme.Channels(w.shape, w.params.Axis) {
				for i := run.From; i < run.To; i++ {
					f[i] = float32(w.codes[i]) * scale(ch)
				}
			}
		}
		v := b.Const("w", f, w.shape...)
		quantize(v, w.params)
		in = append(in, v)
		if q.bias != nil {
			bias := make([]float32, len(q.bias))
			for i, c := range q.bias {
				bias[i] = float32(c) * (q.parts[0].Scale[0] * w.params.Scale[i%len(w.params.Scale)])
			}
			in = append(in, b.Const("b", bias, len(bias)))
		}
	}
	y := b.Node("y", q.own, in...)
	quantize(y, q.out)
	quantized := graph.Quantize(b.Outputs(y), quantizers)
	e, err := exec.New(t.Context(), quantized.Graph, exec.Config{Integer: true})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	forms := graph.OfNodes(quantized, e.Forms())
	if !forms[len(forms)-1].Integer && q.own.Type() != "Sigmoid" && q.own.Type() != "LeakyRelu" { // these are taken on the input as it comes in
		t.Fatalf("it runs on floats: %s", forms[len(forms)-1].Why)
	}
	if err := e.Run(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	return e.Output(0)
}

// TestQLinear holds the integer engine to ONNX Runtime, native and in WebAssembly, operator by operator:
// the same integers for layers, concatenations and tables. Sums, products and means of ONNX Runtime
// round in an order that depends on its build (kernels/ref/q8_binary.go, q8_pool.go), so that codes next
// to a tie may be one off; how many are is printed. QLinearAveragePool adds floats in all of its builds.
func TestQLinear(t *testing.T) {
	for _, q := range qlinears() {
		t.Run(q.name, func(t *testing.T) {
			t.Parallel() // ONNX Runtime takes long to start
			input := q.input()
			want := q.engine(t, input)
			for _, engine := range []string{"node", "web"} {
				got := orttest.Run(t, engine, q.model(), q.shape, input, "disabled")
				if len(got) != len(want) {
					t.Fatalf("%s: %d codes, want %d", engine, len(got), len(want))
				}
				differ, most, seen := 0, 0.0, map[float32]bool{}
				for i := range got {
					d := math.Abs(math.Round(float64(got[i]-want[i]) / float64(q.out.Scale[0])))
					most = max(most, d)
					seen[want[i]] = true
					if d > 0 {
						differ++
					}
				}
				t.Logf("ONNX Runtime (%s): %d of %d codes differ, at most by %g; %d codes occur", engine, differ, len(got), most, len(seen))
				if engine == "node" && q.weight != nil && saturates() {
					t.Log("this processor adds pairs of products in 16 bits: ONNX Runtime (node) saturates")
				} else if most > 1 || differ*1_000_000 > q.differs[engine]*len(got) {
					t.Errorf("ONNX Runtime (%s): %d of %d codes differ, at most by %g", engine, differ, len(got), most)
				}
				if len(seen) < 50 {
					t.Errorf("only %d codes occur", len(seen))
				}
			}
		})
	}
}

// saturates tells whether native ONNX Runtime multiplies bytes by the instruction of x86 that saturates sums
// of two products at 16 bits, for want of the one that does not.
func saturates() bool {
	b, err := os.ReadFile("/proc/cpuinfo")
	return err == nil && runtime.GOARCH == "amd64" && !strings.Contains(string(b), "avx512_vnni") && !strings.Contains(string(b), "avx_vnni")
}
