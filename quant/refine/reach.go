package refine

import (
	"context"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Reach runs g on all items and finds the greatest magnitude in every channel of what the second
// layers of pairs read.
func Reach(ctx context.Context, g *graph.Graph, items calibrate.Items, workers int, progress func(done, total int)) (map[graph.ValueID][]float32, error) {
	var keep []graph.ValueID
	axis := map[graph.ValueID]int{}
	for _, p := range pairsOf(g) {
		v := p.second.input(g)
		keep = append(keep, v)
		axis[v] = p.second.axis(g.Values[v].Shape)
	}
	reach := map[graph.ValueID][]float32{}
	if len(keep) == 0 {
		return reach, nil
	}
	seen := make([]map[graph.ValueID][]float32, items.Len)
	err := pool.Show(ctx, g, exec.Config{Keep: keep, Pool: items.Pool}, workers, items.Len, items.Inputs, func(r *exec.Runner, i int) {
		seen[i] = map[graph.ValueID][]float32{}
		for _, v := range keep {
			seen[i][v] = widestChannels(r.Value(v), g.Values[v].Shape, axis[v])
		}
	}, func(n int) { progress(n, items.Len) })
	if err != nil {
		return nil, err
	}
	for _, v := range keep {
		reach[v] = make([]float32, len(seen[0][v]))
		for _, s := range seen {
			for c, x := range s[v] {
				reach[v][c] = max(reach[v][c], x)
			}
		}
	}
	return reach, nil
}

// widestChannels is the greatest magnitude along an axis of a tensor. What is not a number does not count.
func widestChannels(x []float32, shape []int, axis int) []float32 {
	r := make([]float32, shape[axis])
	for c, run := range scheme.Channels(shape, axis) {
		most := r[c]
		for _, v := range x[run.From:run.To] {
			if v = abs(v); v > most {
				most = v
			}
		}
		r[c] = most
	}
	return r
}
