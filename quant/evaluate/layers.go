package evaluate

import (
	"context"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/report"
)

// compareLayers describes every layer and compares what it hands on with what it does in float.
func compareLayers(ctx context.Context, c *calibrate.Calibrated, items Items, progress func(done, total int)) ([]report.Layer, error) {
	quants := c.Exec()
	ends := exec.Ends(c.Graph, quants)
	var keep []graph.ValueID
	for _, m := range c.Modules {
		if v := ends[m.Nodes[0]]; !slices.Contains(keep, v) {
			keep = append(keep, v)
		}
	}
	float, err := exec.New(c.Float, exec.Config{Keep: keep})
	if err != nil {
		return nil, err
	}
	defer float.Close()
	quantized, err := exec.New(c.Graph, exec.Config{Quant: quants, Keep: keep})
	if err != nil {
		return nil, err
	}
	defer quantized.Close()
	signals := map[graph.ValueID]*report.Signal{}
	for _, v := range keep {
		signals[v] = &report.Signal{}
	}
	n := min(layerItems, items.Len)
	for i := range n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := runBoth(float, quantized, items, i); err != nil {
			return nil, err
		}
		for _, v := range keep {
			signals[v].Add(float.Value(v), quantized.Value(v))
		}
		progress(i+1, n)
	}
	layers := make([]report.Layer, len(c.Modules))
	for i, m := range c.Modules {
		layers[i] = describe(c, i, m)
		s := signals[ends[m.Nodes[0]]]
		layers[i].SQNR, layers[i].Cosine = s.SQNR(), s.Cosine()
	}
	return layers, nil
}

// describe fills in what is known of a layer without running it.
func describe(c *calibrate.Calibrated, index int, m fuse.Module) report.Layer {
	n := c.Graph.Nodes[m.Nodes[0]]
	l := report.Layer{
		Name: n.Name, Index: index, Op: n.Op.Type(), Module: m.Kind, QAT: fuse.QAT(m.Kind),
		Shape: c.Graph.Values[n.Outputs[0]].Shape, WeightBits: floatBits, WeightSQNR: report.LimitSQNR,
	}
	for _, v := range n.Inputs[1:] {
		if v == graph.None || c.Graph.Values[v].Const == nil {
			continue
		}
		t := c.Graph.Values[v].Const
		l.Parameters += graph.Len(t.Shape)
		l.FloatBytes += floatBytes * int64(graph.Len(t.Shape))
		l.Bytes += bytesOf(c, v)
		if q := quantizerOf(c, v); q >= 0 {
			l.WeightBits = c.Quantizers[q].Scheme.Bits
			rounded := make([]float32, len(t.F))
			c.Params[q].FakeQuantize(rounded, t.F, t.Shape, c.Recipe.Rule)
			var s report.Signal
			s.Add(c.Float.Values[v].Const.F, rounded)
			l.WeightSQNR = s.SQNR()
		}
	}
	return l
}
