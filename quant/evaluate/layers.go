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

// layerItems is on how many items the layers are compared: a layer's SQNR hardly moves after a few,
// and every layer's output has to be read.
const layerItems = 16

// compared are the layers and the steps of the integer engine.
type compared struct {
	layers []report.Layer // in the order of the network
	steps  []report.Step
}

// signals compare what a layer hands on in the three runs.
type signals struct{ quantized, integer, difference report.Signal }

// compareLayers describes every layer and compares what it hands on with what it does in float, and what
// the integer engine makes with the simulation.
func compareLayers(ctx context.Context, c *calibrate.Calibrated, items Items, progress func(done, total int)) (*compared, error) {
	quants := c.Exec()
	ends := exec.Ends(c.Graph, quants)
	var keep []graph.ValueID
	for _, m := range c.Modules {
		if v := ends[m.Nodes[0]]; !slices.Contains(keep, v) {
			keep = append(keep, v)
		}
	}
	d := detach(c.Graph, quants)
	on := integer(quants)
	on.Keep = keep
	float, err := exec.New(c.Float, exec.Config{Keep: keep})
	if err != nil {
		return nil, err
	}
	defer float.Close()
	quantized, err := exec.New(c.Graph, exec.Config{Quant: quants, Keep: d.keep(keep)})
	if err != nil {
		return nil, err
	}
	defer quantized.Close()
	engine, err := exec.New(c.Graph, on)
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	steps, err := newSteps(d)
	if err != nil {
		return nil, err
	}
	defer steps.close()
	seen := make([]signals, len(keep))
	n := min(layerItems, items.Len)
	for i := range n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		inputs, err := runAll(items, i, float, quantized, engine)
		if err != nil {
			return nil, err
		}
		for k, v := range keep {
			f, q, e := float.Value(v), quantized.Value(v), engine.Value(v)
			seen[k].quantized.Add(f, q)
			seen[k].integer.Add(f, e)
			seen[k].difference.Add(q, e)
		}
		if i < stepItems {
			if err := steps.compare(quantized, inputs); err != nil {
				return nil, err
			}
		}
		progress(i+1, n)
	}
	out := &compared{layers: make([]report.Layer, len(c.Modules)), steps: steps.report(engine.Forms())}
	for i, m := range c.Modules {
		s := &seen[slices.Index(keep, ends[m.Nodes[0]])]
		l := describe(c, i, m)
		l.SQNR, l.Cosine = s.quantized.SQNR(), s.quantized.Cosine()
		l.IntegerSQNR, l.SimulationSQNR, l.Step = s.integer.SQNR(), s.difference.SQNR(), d.step[m.Nodes[0]]
		out.layers[i] = l
	}
	return out, nil
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
		if q := quantizerOf(c, v); q >= 0 && v == n.Inputs[1] { // Vitis quantizes biases too
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
