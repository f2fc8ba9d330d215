package quant

import (
	"context"
	"errors"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/refine"
	"github.com/quantscope/quantscope/quant/report"
)

// Compare places and calibrates the quantizers of each recipe, and evaluates none. All see the
// calibration items of j.Recipe, preprocessed as that says. A recipe that cannot be has a problem
// instead of numbers.
func Compare(ctx context.Context, j Job, recipes []recipe.Recipe) ([]report.Calibration, error) {
	return onSound(ctx, j, func(s split) ([]report.Calibration, error) { return j.compare(ctx, s, recipes) })
}

func (j Job) compare(ctx context.Context, s split, recipes []recipe.Recipe) ([]report.Calibration, error) {
	items, err := j.calibration(s)
	if err != nil {
		return nil, err
	}
	if items.Shown == nil {
		items.Shown = &calibrate.Shown{}
	}
	var together []*prepare.Prepared // whose network is the float one
	for _, r := range recipes {
		if p, err := prepare.Prepare(j.Model.Graph, r); err == nil && !r.Refine.Equalize && !r.Refine.Absorb {
			together = append(together, p)
		}
	}
	err = calibrate.Show(ctx, together, items, j.Workers, func(n, of int) { j.Progress(StageCalibrate, n, of) })
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if broken := (*dataset.ItemError)(nil); errors.As(err, &broken) {
		return nil, err
	} // else each recipe by itself tells what is wrong
	out := make([]report.Calibration, len(recipes))
	for k, r := range recipes {
		out[k] = report.Calibration{Recipe: r.Name}
		c, err := refine.Run(ctx, j.Model.Graph, r, items, j.Workers, j.Progress)
		if err == nil {
			out[k].Tensors, out[k].Float = tensors(c), floats(c)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if broken := (*dataset.ItemError)(nil); errors.As(err, &broken) {
			return nil, err
		}
		if err != nil {
			out[k].Problem = err.Error()
		}
	}
	return out, nil
}

func tensors(c *calibrate.Calibrated) []report.Tensor {
	out := make([]report.Tensor, len(c.Quantizers))
	for i, q := range c.Quantizers {
		p, name := c.Params[i], c.Graph.Values[q.Value].Name
		if q.Weight {
			node := c.Graph.Nodes[q.Node]
			name = c.Layer(q.Node) + " weight"
			if slices.Index(node.Inputs, q.Value) == 2 {
				name = c.Layer(q.Node) + " bias"
			}
		}
		t := report.Tensor{Name: name, Weight: q.Weight, Scales: len(p.Scale), ZeroLow: slices.Min(p.ZeroPoint), ZeroHigh: slices.Max(p.ZeroPoint)}
		for k := range p.Scale {
			low, high := p.Reach(k)
			t.Low, t.High = min(t.Low, low), max(t.High, high)
		}
		out[i] = t
	}
	return out
}

// floats are the layers that are not quantized, or only by half.
func floats(c *calibrate.Calibrated) []string {
	quantized := func(v graph.ValueID) bool {
		return slices.ContainsFunc(c.Quantizers, func(q prepare.Quantizer) bool { return q.Value == v })
	}
	var out []string
	for _, m := range c.Modules {
		n := c.Graph.Nodes[m.Nodes[0]]
		for _, v := range n.Inputs[:min(2, len(n.Inputs))] {
			if !quantized(v) {
				out = append(out, m.Name)
				break
			}
		}
	}
	return out
}
