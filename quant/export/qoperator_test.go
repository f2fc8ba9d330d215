package export

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/orttest"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/scheme"
)

// branches has sums, products, concatenations, both average pools, resizing and functions of one
// tensor, their inputs on several ways.
func branches() *net {
	n := newNet(0, 4, 8, 8)
	n.then("Conv", []string{n.weight("a.weight", 0, 8, 4, 3, 3), n.weight("a.bias", 0, 8)}, onnx.Ints("pads", 1, 1, 1, 1))
	n.then("Relu", nil)
	n.then("MaxPool", nil, onnx.Ints("kernel_shape", 2, 2), onnx.Ints("strides", 2, 2))
	pool := n.last
	n.then("Conv", []string{n.weight("b.weight", 0, 8, 8, 1, 1)})
	n.then("Add", []string{pool})
	n.then("Clip", []string{n.constant("lo", nil, 0), n.constant("hi", nil, 6)})
	six := n.last
	n.then("Conv", []string{n.weight("c.weight", 0, 8, 8, 1, 1), n.weight("c.bias", 0, 8)})
	n.then("Sigmoid", nil)
	n.then("Mul", []string{six})
	n.then("Concat", []string{pool}, onnx.Int("axis", 1))
	n.then("AveragePool", nil, onnx.Ints("kernel_shape", 2, 2), onnx.Ints("strides", 2, 2))
	n.then("Transpose", nil, onnx.Ints("perm", 0, 1, 3, 2))
	n.then("Pad", []string{n.ints("pads", 0, 0, 1, 0, 0, 0, 0, 2), n.constant("value", nil, 0.5)})
	n.then("Conv", []string{n.weight("d.weight", 0, 6, 16, 1, 1), n.weight("d.bias", 0, 6)})
	n.then("LeakyRelu", nil)
	n.then("GlobalAveragePool", nil)
	n.then("Flatten", nil)
	return n.then("Gemm", []string{n.weight("e.weight", 0, 5, 6), n.weight("e.bias", 0, 5)}, onnx.Flag("transB", true))
}

// A value that leaves the network and is read inside too, and one that is both moved and computed with.
func TestQOperatorOutputs(t *testing.T) {
	for _, name := range []string{"config1", "snpe", "tengine_u8", "tensorrt"} {
		n := newNet(0, 3, 6, 6)
		n.then("Conv", []string{n.weight("a.weight", 0, 4, 3, 3, 3), n.weight("a.bias", 0, 4)})
		n.then("Relu", nil)
		first := n.last
		n.then("MaxPool", nil, onnx.Ints("kernel_shape", 2, 2))
		n.then("Conv", []string{n.weight("b.weight", 0, 4, 4, 1, 1)})
		n.then("Tanh", nil)
		n.then("Conv", []string{"b.weight"}) // the same weight again
		n.model.Graph.Outputs = []onnx.ValueInfo{{Name: first, Known: true, ElemType: onnx.Float}}
		last := n.last
		n.model.Graph.Outputs = append(n.model.Graph.Outputs, onnx.ValueInfo{Name: last, Known: true, ElemType: onnx.Float})
		g, err := onnx.ToGraph(&n.model, onnx.Options{})
		if err != nil {
			t.Fatal(err)
		}
		r := preset(t, name, 8, 8)
		r.Rule = scheme.ONNX
		c, inputs := calibrated(t, g, r)
		files, _, err := Export(t.Context(), "qoperator", "net", c)
		if err != nil {
			t.Fatal(err)
		}
		m, err := onnx.Decode(files[0].Bytes)
		if err != nil {
			t.Fatal(err)
		}
		if m.Graph.Outputs[0].Name != first || m.Graph.Outputs[1].Name != last {
			t.Errorf("%s: outputs %v", name, m.Graph.Outputs)
		}
		shape := g.Values[g.Inputs[0]].Shape
		within(t, name, fakeQuantized(t, c, inputs), orttest.Run(t, "node", files[0].Bytes, shape, slices.Concat(inputs...), "all"), 35)
	}
}

// count is how many nodes of a file have an operator type.
func count(t *testing.T, file []byte) map[string]int {
	t.Helper()
	m, err := onnx.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for _, node := range m.Graph.Nodes {
		n[node.OpType]++
	}
	return n
}

func TestQOperatorNets(t *testing.T) {
	for _, n := range []struct {
		name string
		net  func() *net
	}{{"convolutions", convolutions}, {"normalised", normalised}, {"linears", linears}, {"branches", branches}} {
		for _, r := range []struct {
			preset                     string
			weightBits, activationBits int
			dB                         float64
		}{
			{"config1", 8, 8, 35}, {"config2", 8, 8, 35}, {"qdq", 8, 8, 35}, {"snpe", 8, 8, 35}, {"tengine_u8", 8, 8, 30}, {"openvino", 7, 8, 35},
			{"pplcuda", 8, 8, 35}, {"bm1684x", 8, 8, 30}, {"config1", 4, 4, 15}, {"qdq", 2, 6, 20}, {"config1", 8, 16, 60}, {"pplw8a16", 8, 16, 60},
		} {
			t.Run(n.name+"/"+r.preset, func(t *testing.T) {
				t.Parallel()
				recipe := preset(t, r.preset, r.weightBits, r.activationBits)
				recipe.Rule = "onnx"
				c, inputs := calibrated(t, n.net().build(t), recipe)
				files, notes, err := Export(t.Context(), "qoperator", "net", c)
				if err != nil {
					t.Fatal(err)
				}
				t.Log(notes, count(t, files[0].Bytes))
				want, flat := fakeQuantized(t, c, inputs), slices.Concat(inputs...)
				shape := slices.Clone(c.Graph.Values[c.Graph.Inputs[0]].Shape)
				if n.name == "branches" {
					within(t, "unoptimized", want, orttest.Run(t, "node", files[0].Bytes, shape, flat, "disabled"), r.dB)
				}
				shape[0] = len(inputs)
				within(t, "batch, optimized", want, orttest.Run(t, "node", files[0].Bytes, shape, flat, "all"), r.dB)
			})
		}
	}
}

// TestQOperatorModels runs the integer form of every shared network in ONNX Runtime, and the other
// forms that it takes of one, and wants the classes of the fake-quantized run on nearly all images.
func TestQOperatorModels(t *testing.T) {
	for _, f := range []struct{ format, preset, only string }{
		{"qoperator", "config1", ""}, {"qoperator", "snpe", ""}, {"qoperator", "tensorrt", "resnet20_cifar10_bn"},
		{"onnx_qnn", "onnx_qnn", "resnet20_cifar10_bn"}, {"tensorrt_explicit", "tensorrt", "resnet20_cifar10_bn"},
	} {
		var mu sync.Mutex
		agree, engineAgree, items := 0, 0, 0
		t.Run(f.format+"/"+f.preset, func(t *testing.T) {
			for _, m := range models() {
				if f.only != "" && m.file != f.only || m.shape[0] == 224 && f.preset != "config1" && !shared.Thorough() {
					continue
				}
				t.Run(m.file, func(t *testing.T) {
					t.Parallel()
					r := m.recipe(t, f.preset)
					inputs, labels := m.inputs(t, r.Preprocess)
					inputs = inputs[:m.few()]
					p, err := prepare.Prepare(m.graph(t), r)
					if err != nil {
						t.Fatal(err)
					}
					c, err := calibrate.Run(context.Background(), p, calibrate.Items{
						Len:    16,
						Inputs: func(i int) ([][]float32, error) { return [][]float32{inputs[i]}, nil },
					}, 1, func(_, _ int) {})
					if err != nil {
						t.Fatal(err)
					}
					files, notes, err := Export(t.Context(), f.format, "net", c)
					if err != nil {
						t.Fatal(err)
					}
					want := fakeQuantized(t, c, inputs)
					got := orttest.Run(t, "node", files[0].Bytes, c.Graph.Values[c.Graph.Inputs[0]].Shape, slices.Concat(inputs...), "all")
					a, s := score(t, want, got, labels[:len(inputs)], m.classOffset())
					t.Logf("agrees on %d of %d images; top-1 %d, ours %d; logits within %.1f dB; %v %v", a.Agree, a.Items, a.Quantized, a.Float, s.SQNR(), count(t, files[0].Bytes), notes)
					e, engine := score(t, integerRun(t, c, inputs), got, labels[:len(inputs)], m.classOffset())
					t.Logf("our integer engine agrees with ONNX Runtime on %d of %d images; logits within %.1f dB", e.Agree, e.Items, engine.SQNR())
					mu.Lock()
					defer mu.Unlock()
					agree, engineAgree, items = agree+a.Agree, engineAgree+e.Agree, items+a.Items
				})
			}
		})
		t.Logf("%s of %s: ONNX Runtime agrees on %d of %d images, with our integer engine on %d", f.format, f.preset, agree, items, engineAgree)
		if float64(min(agree, engineAgree)) < integerAgreement*float64(items) {
			t.Errorf("%s of %s: ONNX Runtime agrees on under %g %% of the images", f.format, f.preset, 100*integerAgreement)
		}
	}
}

// integerAgreement is the share of images on which the integer form must give the class of the
// fake-quantized run: it rounds biases, and sums of codes once more, where the other rounds floats.
const integerAgreement = 0.97

// few is how many images of a model are enough here.
func (m model) few() int {
	if m.shape[0] == 224 {
		return 24
	}
	return 64
}
