package refine

import (
	"context"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/pool"
)

// Reach runs g on all items and finds the greatest magnitude in every channel (axis 1) of what the second
// layers of pairs read.
func Reach(ctx context.Context, g *graph.Graph, items calibrate.Items, workers int, progress func(done, total int)) (map[graph.ValueID][]float32, error) {
	var keep []graph.ValueID
	for _, p := range pairsOf(g) {
		keep = append(keep, p.second.input(g))
	}
	reach := map[graph.ValueID][]float32{}
	if len(keep) == 0 {
		return reach, nil
	}
	runners, err := pool.New(g, exec.Config{Keep: keep, Pool: items.Pool}, workers)
	if err != nil {
		return nil, err
	}
	defer runners.Close()
	seen := make([]map[graph.ValueID][]float32, items.Len)
	err = runners.Each(ctx, 0, items.Len, func(r *exec.Runner, i int) error {
		x, err := items.Inputs(i)
		if err != nil {
			return err
		}
		if err := r.Run(x...); err != nil {
			return err
		}
		seen[i] = map[graph.ValueID][]float32{}
		for _, v := range keep {
			seen[i][v] = widestChannels(r.Value(v), g.Values[v].Shape)
		}
		return nil
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

// widestChannels is the greatest magnitude along axis 1 of a tensor of batch 1, or along the last of one
// that is no image and no vector. What is not a number does not count.
func widestChannels(x []float32, shape []int) []float32 {
	axis := 1
	if len(shape) != 2 && len(shape) != 4 {
		axis = len(shape) - 1
	}
	channels, inner := shape[axis], graph.Len(shape[axis+1:])
	r := make([]float32, channels)
	for i, v := range x {
		c := i / inner % channels
		if v = abs(v); v > r[c] {
			r[c] = v
		}
	}
	return r
}
