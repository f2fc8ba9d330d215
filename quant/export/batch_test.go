package export

import (
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/orttest"
)

// ints adds an initializer of integers.
func (n *net) ints(name string, v ...int64) string {
	n.model.Graph.Initializers = append(n.model.Graph.Initializers, onnx.FromInts(name, onnx.Int64, []int64{int64(len(v))}, v))
	return name
}

func TestBatch(t *testing.T) {
	images := func() *net { return newNet(0, 4, 2, 2) }
	for _, test := range []struct {
		name string
		net  *net
		free bool
	}{
		{"convolutions", convolutions(), true},
		{"linears", linears(), true},
		{"reshape", func() *net { n := images(); return n.then("Reshape", []string{n.ints("s", 0, 16)}) }(), true},
		{"reshape with a fixed batch", func() *net { n := images(); return n.then("Reshape", []string{n.ints("s", 1, 16)}) }(), true},
		{"reshape into the batch", func() *net { n := images(); return n.then("Reshape", []string{n.ints("s", 4, 4)}) }(), false},
		{"transpose", images().then("Transpose", nil, onnx.Ints("perm", 0, 2, 3, 1)), true},
		{"transpose of the batch", images().then("Transpose", nil, onnx.Ints("perm", 1, 0, 2, 3)), false},
		{"softmax", images().then("Softmax", nil, onnx.Int("axis", 1)), true},
		{"softmax over the batch", images().then("Softmax", nil, onnx.Int("axis", 0)), false},
		{"mean", images().then("ReduceMean", nil, onnx.Ints("axes", 2, 3)), true},
		{"mean over the batch", images().then("ReduceMean", nil, onnx.Ints("axes", 0)), false},
		{"concat", func() *net { n := images(); return n.then("Concat", []string{"x"}, onnx.Int("axis", 1)) }(), true},
		{"concat of items", func() *net { n := images(); return n.then("Concat", []string{"x"}, onnx.Int("axis", 0)) }(), false},
		{"concat with a constant", func() *net {
			n := images()
			return n.then("Concat", []string{n.weight("c", 1, 1, 4, 2, 2)}, onnx.Int("axis", 1))
		}(), false},
		{"add", func() *net { n := images(); return n.then("Add", []string{n.weight("c", 0, 4, 1, 1)}) }(), true},
		{"add at a higher rank", func() *net { n := images(); return n.then("Add", []string{n.weight("c", 1, 1, 1, 4, 1, 1)}) }(), false},
		{"matmul", func() *net { n := images(); return n.then("MatMul", []string{n.weight("c", 1, 2, 3)}) }(), true},
		{"matmul of two", func() *net { n := images(); return n.then("MatMul", []string{"x"}) }(), true},
		{"gemm of the items", func() *net {
			n := images().then("Flatten", nil)
			return n.then("Gemm", []string{n.weight("c", 1, 1, 3)}, onnx.Flag("transA", true))
		}(), false},
		{"slice", func() *net {
			n := images()
			return n.then("Slice", []string{n.ints("s", 1), n.ints("e", 3), n.ints("a", 1)})
		}(), true},
		{"layer normalization", func() *net {
			n := images()
			n.model.Opsets[0].Version = 17
			return n.then("LayerNormalization", []string{n.weight("c", 0, 2, 2)}, onnx.Int("axis", 2))
		}(), true},
		{"gather", func() *net { n := images(); return n.then("Gather", []string{n.ints("i", 1, 0)}, onnx.Int("axis", 1)) }(), true},
		{"gather of an item", func() *net { n := images(); return n.then("Gather", []string{n.ints("i", 0, 0)}, onnx.Int("axis", 0)) }(), false},
		{"expand", func() *net {
			n := images().then("GlobalAveragePool", nil)
			return n.then("Expand", []string{n.ints("s", 1, 4, 3, 3)})
		}(), true},
		{"expand of the batch", func() *net { n := images(); return n.then("Expand", []string{n.ints("s", 2, 4, 2, 2)}) }(), false},
		{"pad", func() *net { n := images(); return n.then("Pad", []string{n.ints("p", 0, 0, 1, 1, 0, 0, 1, 1)}) }(), true},
		{"pad of the batch", func() *net { n := images(); return n.then("Pad", []string{n.ints("p", 1, 0, 0, 0, 0, 0, 0, 0)}) }(), false},
	} {
		err := test.net.build(t).PerItem()
		if (err == nil) != test.free {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// A network whose batch cannot be proven free keeps the batch of 1 and says why.
func TestFixedBatch(t *testing.T) {
	n := newNet(0, 4, 4, 4)
	n.then("Conv", []string{n.weight("a.weight", 0, 4, 4, 1, 1)})
	n.then("Reshape", []string{n.ints("s", 4, 16)})
	g := n.build(t)
	if !g.Batch {
		t.Fatal("the batch is not free in the file")
	}
	c, _ := calibrated(t, g, preset(t, "config1", 8, 8))
	f := exported(t, c)
	if in := f.Graph.Inputs[0]; in.Dims[0] != (onnx.Dim{Value: 1, Set: true}) {
		t.Errorf("the first dimension is %v", in.Dims[0])
	}
	if len(f.notes) != 1 || !strings.Contains(f.notes[0], "Reshapeb") {
		t.Errorf("notes %q do not name the node", f.notes)
	}
	if again, err := onnx.ToGraph(f.Model, onnx.Options{}); err != nil || again.Batch {
		t.Errorf("read back: batch %t, %v", again.Batch, err)
	}
}

// What opset 13 does not have is written in the first that does.
func TestOpset(t *testing.T) {
	n := newNet(0, 2, 3, 3)
	n.model.Opsets[0].Version = 20
	n.then("Conv", []string{n.weight("a.weight", 0, 2, 2, 1, 1)}).then("Gelu", nil)
	c, inputs := calibrated(t, n.build(t), preset(t, "config1", 8, 8))
	b, _, err := QDQ(c)
	if err != nil {
		t.Fatal(err)
	}
	if f := exported(t, c); f.Opsets[0].Version != 20 {
		t.Errorf("opset %d, want 20", f.Opsets[0].Version)
	}
	within(t, "output", fakeQuantized(t, c, inputs), orttest.Run(t, "node", b, c.Graph.Values[0].Shape, slices.Concat(inputs...), "all"), 35)
}
