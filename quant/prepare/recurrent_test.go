package prepare_test

import (
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/prepare"
)

// TestRecurrent looks at a bidirectional LSTM and a GRU behind it: what each multiplies by is quantized by gate, and so is
// what it reads. MQBench has no module for either.
func TestRecurrent(t *testing.T) {
	b := graphtest.New(t)
	function := graph.Activation{Name: "Tanh"}
	lstm := graph.Recurrent{Cell: graph.LSTM, Hidden: 4, Reverse: []bool{false, true}, Activations: slices.Repeat([]graph.Activation{function}, 6)}
	y := b.Node("/enc/lstm/LSTM", lstm, b.Input("x", 5, 1, 3), b.Random("w", 2, 16, 3), b.Random("r", 2, 16, 4))
	gru := graph.Recurrent{Cell: graph.GRU, Hidden: 2, Reverse: []bool{true}, Activations: []graph.Activation{function, function}}
	y = b.Node("gru", gru, b.Node("flat", graph.Reshape{Shape: []int{5, 1, 8}}, y), b.Random("w2", 1, 6, 8), b.Random("r2", 1, 6, 2))
	g := b.Outputs(y)
	r := preset(t, "config1")
	p, err := prepare.Prepare(g, r)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"x 8 -1", "enc.lstm.igates.weight_fake_quant 8 1", "enc.lstm.hgates.weight_fake_quant 8 1",
		"flat 8 -1", "gru.igates.weight_fake_quant 8 1", "gru.hgates.weight_fake_quant 8 1"}
	if got := listing(p); !slices.Equal(got, want) {
		t.Errorf("quantizers are %q, want %q", got, want)
	}
	r.MQBenchExact = true
	if p, err := prepare.Prepare(g, r); err == nil {
		t.Errorf("as MQBench quantizers are %q, want none", listing(p))
	}
}
