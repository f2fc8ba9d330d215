package export

import (
	"context"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// writeTengine gives <name>_for_tengine.onnx, the deploy model, and <name>_for_tengine.scale, a line
// "tensor scale zero_point" for each activation, for uint8 codes: of signed ones the zero point is 128
// higher. Tengine fuses a convolution with the ReLU or ReLU6 that alone reads it, and looks the numbers up
// by the convolution's own output, which gets those of the function, whatever its own were. [Q] MQBench
// means to do so for ReLU too, but asks for an operator "ReLU" that ONNX does not have, so that only ReLU6
// does.
func writeTengine(ctx context.Context, c *calibrate.Calibrated, name string) ([]File, []string, error) {
	if err := plain(c); err != nil {
		return nil, nil, err
	}
	g := deployed(c)
	model, notes, err := deployFile(ctx, name+"_for_tengine.onnx", c, g)
	if err != nil {
		return nil, nil, err
	}
	t := table{separator: " "}
	params := make([]*scheme.QParams, len(g.Values))
	ranges := activationRanges(c, g)
	for _, r := range ranges {
		params[r.value] = &r.params
	}
	var order []graph.ValueID
	producer, readers := g.Producers(), g.Consumers()
	for _, r := range ranges {
		order = append(order, r.value)
		v := fusedConv(g, producer, r.value, c.Recipe.MQBenchExact)
		if v == graph.None || len(readers[v]) > 1 && !c.Recipe.MQBenchExact {
			continue
		}
		if params[v] == nil {
			order = append(order, v)
		}
		params[v] = &r.params
	}
	for _, v := range order {
		t.row(g.Values[v].Name, params[v].Scale[0], params[v].ZeroPoint[0]-params[v].QMin)
	}
	scale, err := t.document()
	if err != nil {
		return nil, nil, err
	}
	return []File{model, {name + "_for_tengine.scale", scale}}, notes, nil
}

// fusedConv is the output of the convolution before the ReLU6, or unless exact the ReLU, that makes v, None
// for none.
func fusedConv(g *graph.Graph, producer []int, v graph.ValueID, exact bool) graph.ValueID {
	if producer[v] < 0 {
		return graph.None
	}
	n := g.Nodes[producer[v]]
	switch op := n.Op.(type) {
	case graph.Relu:
		if exact {
			return graph.None
		}
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
