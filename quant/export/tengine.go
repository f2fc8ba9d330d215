package export

import (
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
)

// writeTengine gives <name>_for_tengine.onnx, the deploy model, and <name>_for_tengine.scale, a line
// "tensor scale zero_point" for each activation, for uint8 codes: of signed ones the zero point is 128
// higher. Tengine fuses a convolution with the ReLU or ReLU6 behind it, and looks the numbers up by the
// convolution's own output, which gets those of the function. [Q] MQBench means to do so for ReLU too,
// but asks for an operator "ReLU" that ONNX does not have.
func writeTengine(c *calibrate.Calibrated, name string) ([]File, []string, error) {
	if err := plain(c); err != nil {
		return nil, nil, err
	}
	g := deployed(c)
	model, notes, err := deployFile(name+"_for_tengine.onnx", c, g)
	if err != nil {
		return nil, nil, err
	}
	t := table{separator: " "}
	has := make([]bool, len(g.Values))
	ranges := activationRanges(c, g)
	for _, r := range ranges {
		has[r.value] = true
	}
	producer := g.Producers()
	for _, r := range ranges {
		numbers := []any{r.params.Scale[0], r.params.ZeroPoint[0] - r.params.QMin}
		t.row(r.name, numbers...)
		if v := fusedConv(g, producer, r.value); v != graph.None && !has[v] {
			t.row(g.Values[v].Name, numbers...)
		}
	}
	scale, err := t.document()
	if err != nil {
		return nil, nil, err
	}
	return []File{model, {name + "_for_tengine.scale", scale}}, notes, nil
}

// fusedConv is the output of the convolution before the ReLU or ReLU6 that makes v, None for none.
func fusedConv(g *graph.Graph, producer []int, v graph.ValueID) graph.ValueID {
	if producer[v] < 0 {
		return graph.None
	}
	n := g.Nodes[producer[v]]
	switch op := n.Op.(type) {
	case graph.Relu:
	case graph.Clip:
		if op != (graph.Clip{Lo: 0, Hi: 6}) {
			return graph.None
		}
	default:
		return graph.None
	}
	if p := producer[n.Inputs[0]]; p >= 0 {
		if _, ok := g.Nodes[p].Op.(graph.Conv); ok {
			return n.Inputs[0]
		}
	}
	return graph.None
}
