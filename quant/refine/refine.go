// Package refine makes a network easier to quantize, or a quantized one better, without changing what it
// computes in float: channels are scaled between layers so that their weights spread alike, and biases
// take back what rounding has shifted. What comes in is a network and items to calibrate on, what goes out
// the same network with other constants.
package refine

import (
	"context"
	"fmt"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Run places and calibrates the quantizers of a recipe in g, with what the recipe wants refined: g is
// equalized before, biases are corrected after. progress counts passes over the items.
func Run(ctx context.Context, g *graph.Graph, r recipe.Recipe, items calibrate.Items, workers int, progress func(done, total int)) (*calibrate.Calibrated, error) {
	passes := 1
	if r.Refine.Equalize {
		passes++
	}
	if r.Refine.Biases != "" {
		passes++
	}
	pass := 0
	next := func() func(done, total int) {
		before := pass * items.Len
		pass++
		return func(done, total int) { progress(before+done*items.Len/total, passes*items.Len) }
	}
	if r.Refine.Equalize {
		var err error
		if g, err = equalized(ctx, g, r, items, workers, next()); err != nil {
			return nil, err
		}
	}
	p, err := prepare.Prepare(g, r)
	if err != nil {
		return nil, err
	}
	c, err := calibrate.Run(ctx, p, items, workers, next())
	if err != nil || r.Refine.Biases == "" {
		return c, err
	}
	if c, err = CorrectBiases(ctx, c, items, r.Refine.Biases, workers, next()); err != nil {
		return nil, fmt.Errorf("correcting biases: %w", err)
	}
	return c, nil
}

// equalized folds normalisation into g and scales its channels, as the recipe says: by MQBench's rule, or
// with what the items reach.
func equalized(ctx context.Context, g *graph.Graph, r recipe.Recipe, items calibrate.Items, workers int, progress func(done, total int)) (*graph.Graph, error) {
	g, _ = fuse.Fold(g, r.MQBenchExact)
	if r.MQBenchExact {
		g, _ = EqualizeOnce(g)
		return g, nil
	}
	reach, err := Reach(ctx, g, items, workers, progress)
	if err != nil {
		return nil, fmt.Errorf("equalizing: %w", err)
	}
	g, _ = Equalize(g, reach)
	return g, nil
}
