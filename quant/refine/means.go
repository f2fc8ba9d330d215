package refine

import (
	"context"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Means are those of each channel of a float network's values, over items. They hold for one float network and for items
// that begin with the same: recipes that leave both as they are can take them from each other.
type Means map[meanOf][]float64

// meanOf is a value's name, along which axis its channels lie, and over how many items.
type meanOf struct {
	value       string
	axis, items int
}

// of are the means of values, which the layers read or make. The network runs if some are not known.
func (m Means) of(ctx context.Context, g *graph.Graph, layers []layer, values []graph.ValueID, items calibrate.Items, workers int, progress func(n int)) ([][]float64, error) {
	keys, find := make([]meanOf, len(values)), map[meanOf]graph.ValueID{}
	for k, v := range values {
		keys[k] = meanOf{g.Values[v].Name, layers[k].axis(g.Values[v].Shape), items.Len}
		if m[keys[k]] == nil {
			find[keys[k]] = v
		}
	}
	if err := m.find(ctx, g, find, items, workers, progress); err != nil {
		return nil, err
	}
	all := make([][]float64, len(values))
	for k, key := range keys {
		all[k] = m[key]
	}
	return all, nil
}

// find runs the network for means that are not known.
func (m Means) find(ctx context.Context, g *graph.Graph, find map[meanOf]graph.ValueID, items calibrate.Items, workers int, progress func(n int)) error {
	if len(find) == 0 {
		return nil
	}
	var keep, observe []graph.ValueID // observed so that no normalisation is folded into what makes a value
	for _, v := range find {
		keep = append(keep, v)
	}
	keep = unique(keep)
	for _, v := range keep {
		if !slices.Contains(g.Inputs, v) {
			observe = append(observe, v)
		}
	}
	seen := make([]map[meanOf][]float64, items.Len)
	config := exec.Config{Keep: keep, Observe: observe, Pool: items.Pool}
	err := pool.Show(ctx, g, config, max(workers, 1), items.Len, items.Inputs, func(r *exec.Runner, i int) {
		seen[i] = map[meanOf][]float64{}
		for key, v := range find {
			shape := g.Values[v].Shape
			seen[i][key] = make([]float64, shape[key.axis])
			add(seen[i][key], r.Value(v), shape, key.axis)
		}
	}, progress)
	if err != nil {
		return err
	}
	for key, v := range find {
		sum := make([]float64, g.Values[v].Shape[key.axis])
		for _, s := range seen {
			for c, x := range s[key] {
				sum[c] += x / float64(items.Len)
			}
		}
		m[key] = sum
	}
	return nil
}

// add adds to each channel, which lie along axis, the mean of its elements in x. What is not a number does
// not count.
func add(sum []float64, x []float32, shape []int, axis int) {
	one, n := make([]float64, len(sum)), float64(len(x)/max(len(sum), 1))
	for c, run := range scheme.Channels(shape, axis) {
		s := one[c]
		for _, v := range x[run.From:run.To] {
			if v-v == 0 {
				s += float64(v)
			}
		}
		one[c] = s
	}
	for c := range sum {
		sum[c] += one[c] / n
	}
}

// shiftBy subtracts a number from each channel.
func shiftBy(x []float32, by []float64, shape []int, axis int) {
	for c, run := range scheme.Channels(shape, axis) {
		s := float32(by[c])
		for i := run.From; i < run.To; i++ {
			x[i] -= s
		}
	}
}
