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

// Run places and calibrates the quantizers of a recipe in g, with what the recipe wants refined: Before,
// then After. progress counts passes over the items.
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
		if g, err = Before(ctx, g, r, items, workers, next()); err != nil {
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
	return After(ctx, c, items, workers, next())
}

// Before is what a recipe wants done to a network before its quantizers are placed: g itself, or with
// normalisation folded and its channels scaled, by MQBench's rule or by what the items reach.
func Before(ctx context.Context, g *graph.Graph, r recipe.Recipe, items calibrate.Items, workers int, progress func(done, total int)) (*graph.Graph, error) {
	if !r.Refine.Equalize {
		return g, nil
	}
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

// After is what the recipe wants done to a network once it is calibrated: c itself, or with its biases
// corrected.
func After(ctx context.Context, c *calibrate.Calibrated, items calibrate.Items, workers int, progress func(done, total int)) (*calibrate.Calibrated, error) {
	if c.Recipe.Refine.Biases == "" {
		return c, nil
	}
	c, err := CorrectBiases(ctx, c, items, c.Recipe.Refine.Biases, workers, progress)
	if err != nil {
		return nil, fmt.Errorf("correcting biases: %w", err)
	}
	return c, nil
}
