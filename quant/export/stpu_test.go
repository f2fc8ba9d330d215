package export

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/onnx"
)

// A product with constants goes into the convolution, its range with it.
func TestSTPUFoldsMul(t *testing.T) {
	n := newNet(1, 1, 2, 2)
	n.then("Conv", []string{n.constant("a.weight", []int64{2, 1, 1, 1}, 127, 63.5), n.constant("a.bias", []int64{2}, 1, 2)})
	n.then("Mul", []string{n.constant("factor", []int64{1, 2, 1, 1}, 2, -4)})
	c, _ := calibrated(t, n.build(t), preset(t, "stpu", 8, 8))
	files, _, err := Export(t.Context(), "stpu", "net", c)
	if err != nil {
		t.Fatal(err)
	}
	g := written(t, files)
	if len(g.Nodes) != 1 {
		t.Fatalf("%d nodes are left", len(g.Nodes))
	}
	weight, bias := g.Values[g.Nodes[0].Inputs[1]].Const.F, g.Values[g.Nodes[0].Inputs[2]].Const.F
	if weight[0] != 254 || weight[1] != -254 || bias[0] != 2 || bias[1] != -8 {
		t.Errorf("weight %v, bias %v", weight, bias)
	}
	// The weight's scale is 1; the greatest factor is 4.
	if doc := string(files[1].Bytes); !strings.Contains(doc, "\"Conva_weights\": {\n        \"min\": -508,\n        \"max\": 508\n    }") {
		t.Error(doc)
	}
}

// The sigmoid of a SiLU has its entry, as one that stands for itself.
func TestSTPUSigmoids(t *testing.T) {
	n := newNet(1, 2, 4, 4)
	n.then("Conv", []string{n.weight("a.weight", 0, 2, 2, 1, 1)})
	x := n.last
	n.then("Sigmoid", nil).then("Mul", []string{x}).then("Conv", []string{n.weight("b.weight", 0, 2, 2, 1, 1)}).then("Sigmoid", nil)
	n.then("Conv", []string{n.weight("c.weight", 0, 2, 2, 1, 1)})
	c, _ := calibrated(t, n.build(t), preset(t, "stpu", 8, 8))
	files, _, err := Export(t.Context(), "stpu", "net", c)
	if err != nil {
		t.Fatal(err)
	}
	m, err := onnx.Decode(files[0].Bytes)
	if err != nil {
		t.Fatal(err)
	}
	sigmoids := 0
	for _, n := range m.Graph.Nodes {
		if n.OpType != "Sigmoid" {
			continue
		}
		sigmoids++
		if entry := "\"" + n.Outputs[0] + "\": {\n        \"min\": -1,\n        \"max\": 1\n    }"; !strings.Contains(string(files[1].Bytes), entry) {
			t.Errorf("no %s in %s", entry, files[1].Bytes)
		}
	}
	if sigmoids != 2 {
		t.Errorf("%d sigmoids", sigmoids)
	}
}
