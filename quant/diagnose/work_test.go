package diagnose_test

import (
	"testing"
	"time"

	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
)

// A recurrent layer of which only the last state is read hands on that, not its first output.
func TestLastStateAlone(t *testing.T) {
	b := graphtest.New(t)
	cell := graph.Recurrent{Cell: graph.LSTM, Hidden: 3, Reverse: []bool{false}, Activations: []graph.Activation{{Name: "Sigmoid"}, {Name: "Tanh"}, {Name: "Tanh"}}}
	b.Node("lstm", cell, b.Input("x", 5, 1, 4), b.Random("w", 1, 12, 4), b.Random("r", 1, 12, 3))
	lstm, last := &b.Graph.Nodes[0], graph.ValueID(len(b.Graph.Values))
	b.Graph.Values = append(b.Graph.Values, graph.Value{Name: "last", Shape: []int{1, 1, 3}})
	lstm.Outputs = append(lstm.Outputs, last)
	flat := b.Node("flat", graph.Reshape{Shape: []int{1, 3}}, last)
	g := b.Outputs(b.Node("fc", graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, flat, b.Random("fc.weight", 4, 3), b.Random("fc.bias", 4)))
	var data [][][]float32
	for range 8 {
		data = append(data, b.Item())
	}
	r := preset(t, "config1")
	r.Data.Batch = 4
	lab := &diagnose.Lab{Graph: g, Calibration: given(data[:4]...).Items, Items: given(data[4:]...), Workers: 2}
	d, err := diagnose.Diagnose(t.Context(), lab, r, diagnose.Plan{LayerItems: 4, Progress: func(string, int, int, time.Duration) {}})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Sensitivity.Layers) != 2 {
		t.Fatalf("%d layers", len(d.Sensitivity.Layers))
	}
	for _, l := range d.Sensitivity.Layers {
		if l.Own.SQNR < 10 || l.Own.SQNR > 70 || l.Accumulated.SQNR < 10 {
			t.Errorf("%s: %+v", l.Name, l)
		}
	}
	m, err := lab.Mix(t.Context(), r, diagnose.MixedPlan{Limit: diagnose.LimitOperations, Bits: []int{4, 8}, Points: 2, Progress: func(string, int, int) {}})
	if err != nil {
		t.Fatal(err)
	}
	const products = 5 * (12*4 + 12*3)
	if size := m.Layers[0].Options[0].Size; size != products*4*4 && size != products*8*8 {
		t.Errorf("%s takes %d bit operations, and has %d products", m.Layers[0].Name, size, products)
	}
}
