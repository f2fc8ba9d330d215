package look

import (
	"context"
	"fmt"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/inspect"
)

const (
	timedItems  = 8    // evaluation items that are tried until one can be read
	timedFor    = 0.05 // seconds of the whole network that are enough
	timedInARow = 50   // runs of a step at a time, at most
)

// Times measures how long each node of c, the result of j, takes: in float, and quantized on the integer engine.
func Times(ctx context.Context, j quant.Job, c *calibrate.Calibrated) (inspect.Times, error) {
	x, err := oneItem(j)
	if err != nil {
		return inspect.Times{}, err
	}
	float, err := timed(ctx, c.Float, exec.Config{Pool: j.Pool}, x)
	if err != nil {
		return inspect.Times{}, err
	}
	quantized, err := timed(ctx, c.Quantized(calibrate.All).Graph, exec.Config{Integer: true, Dot: engine.ProbeDot(), Pool: j.Pool}, x)
	if err != nil {
		return inspect.Times{}, err
	}
	var out inspect.Times
	for _, n := range c.Float.Nodes {
		t := inspect.NodeTime{Name: n.Name, Float: float[n.Name], Quantized: quantized[n.Name]}
		if t.Float > 0 || t.Quantized > 0 {
			out.Nodes = append(out.Nodes, t)
		}
	}
	return out, nil
}

// oneItem is what the network takes for the first evaluation item that can be read.
func oneItem(j quant.Job) ([][]float32, error) {
	choice, err := dataset.Choose(j.Recipe.Data, nil, j.Data.Len())
	if err != nil {
		return nil, err
	}
	chosen := choice.Evaluation[:min(len(choice.Evaluation), timedItems)]
	items, err := j.Items(chosen)
	if err != nil {
		return nil, err
	}
	for i := range chosen {
		var x [][]float32
		if x, err = items.Inputs(i); err == nil {
			return x, nil
		}
	}
	return nil, fmt.Errorf("none of %d items can be read, so there is nothing to time: %w", len(chosen), err)
}

// timed gives the seconds of each node's step.
func timed(ctx context.Context, g *graph.Graph, c exec.Config, x [][]float32) (map[string]float64, error) {
	r, err := exec.New(ctx, g, c)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if err := r.Run(ctx, x...); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	seconds, all, err := profile(r, 1)
	if repeats := min(int(timedFor/max(all, 1e-6)), timedInARow); err == nil && repeats > 1 { // a browser's clock is coarse
		seconds, _, err = profile(r, repeats)
	}
	return seconds, err
}

func profile(r *exec.Runner, repeats int) (seconds map[string]float64, all float64, err error) {
	timings, err := r.Profile(repeats)
	seconds = map[string]float64{}
	for _, t := range timings {
		seconds[t.Node] += t.Time.Seconds()
		all += t.Time.Seconds()
	}
	return seconds, all, err
}
