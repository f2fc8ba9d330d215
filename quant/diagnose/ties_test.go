package diagnose_test

import (
	"context"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Of numbers around the codes of a known scale those at a half are counted, not those at the ends.
func TestTiesAreCounted(t *testing.T) {
	b := graph.NewBuilder("ties")
	x := b.Input("x", graph.Float32, 1, 8)
	g, err := b.Done(b.Node("tanh", graph.Relu{}, b.Node("relu", graph.Relu{}, x)))
	if err != nil {
		t.Fatal(err)
	}
	v := g.Nodes[0].Outputs[0]
	c := &calibrate.Calibrated{
		Prepared: prepare.Prepared{Graph: g, Quantizers: []prepare.Quantizer{{Name: "relu", Value: v, Axis: -1}}, Recipe: preset(t, "config1")}, Float: g,
		Params: []scheme.QParams{{Scale: []float32{0.5}, ZeroPoint: []int32{0}, QMin: 0, QMax: 15, Axis: -1}},
	}
	items := given([][]float32{{0.25, 0.75, 0.7501, 0.8, 7.25, 7.75, -3, 1}}, [][]float32{{1.25, 0, 0, 0, 0, 0, 0, 0}}).Items // ties: 0.25, 0.75, 0.7501, 7.25 and 1.25
	ties, err := diagnose.TiesOf(context.Background(), c, items, 2, func(int, int) {})
	if err != nil || len(ties) != 1 || ties[0].Near != 5 || ties[0].Numbers != 16 {
		t.Errorf("%+v, %v", ties, err)
	}
}
