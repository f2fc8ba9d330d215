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

// A network that mixes its items keeps the batch of 1.
func TestFixedBatch(t *testing.T) {
	n := newNet(0, 4, 4, 4)
	n.then("Conv", []string{n.weight("a.weight", 0, 4, 4, 1, 1)})
	n.then("Reshape", []string{n.ints("s", 4, 16)})
	g := n.build(t)
	if len(g.Notes) != 1 || !strings.Contains(g.Notes[0], "Reshapeb") {
		t.Errorf("notes %q do not name the node", g.Notes)
	}
	c, _ := calibrated(t, g, preset(t, "config1", 8, 8))
	f := exported(t, c)
	if in := f.Graph.Inputs[0]; in.Dims[0] != (onnx.Dim{Value: 1, Set: true}) {
		t.Errorf("the first dimension is %v", in.Dims[0])
	}
	if again, err := onnx.ToGraph(f.Model, onnx.Options{}); err != nil || again.Batch || len(again.Notes) > 0 {
		t.Errorf("read back: batch %t, %q, %v", again.Batch, again.Notes, err)
	}
}

// What opset 13 does not have, and has no other form for, is written in the first that does.
func TestOpset(t *testing.T) {
	for approximate, opset := range map[string]int64{"tanh": 20, "none": 13} {
		t.Run(approximate, func(t *testing.T) { writtenAt(t, approximate, opset) })
	}
}

func writtenAt(t *testing.T, approximate string, opset int64) {
	n := newNet(0, 2, 3, 3)
	n.model.Opsets[0].Version = 20
	n.then("Conv", []string{n.weight("a.weight", 0, 2, 2, 1, 1)}).then("Gelu", nil, onnx.Text("approximate", approximate))
	c, inputs := calibrated(t, n.build(t), preset(t, "config1", 8, 8))
	b, _, err := QDQ(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if f := exported(t, c); f.Opsets[0].Version != opset {
		t.Errorf("opset %d, want %d", f.Opsets[0].Version, opset)
	}
	within(t, "output", fakeQuantized(t, c, inputs), orttest.Run(t, "node", b, c.Graph.Values[0].Shape, slices.Concat(inputs...), "all"), 35)
}
