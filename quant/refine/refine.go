// Package refine makes a network easier to quantize, or a quantized one better, without changing what it
// computes in float: channels are scaled between layers so that their weights spread alike, which weights are
// rounded up and which down is learned, and biases take back what rounding has shifted. What comes in is a network and items to calibrate on, what goes out
// the same network with other constants.
package refine

import (
	"context"
	"fmt"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
)

// roundingPasses is about how many passes over the items take as long as learning the rounding.
const roundingPasses = 30

// What Run tells of: passes over the items until all is calibrated, then what After does.
const (
	StageCalibrate = "calibrate"
	StageRefine    = "refine"
)

// Run places and calibrates the quantizers of a recipe in g, with what the recipe wants refined: Before,
// then After.
func Run(ctx context.Context, g *graph.Graph, r recipe.Recipe, items calibrate.Items, workers int, progress func(stage string, done, total int)) (*calibrate.Calibrated, error) {
	return Watched(ctx, g, r, items, workers, nil, Watch{}, progress)
}

// Watched is Run with a rounding that can be left and taken up again, and with what others have found; m may be nil.
func Watched(ctx context.Context, g *graph.Graph, r recipe.Recipe, items calibrate.Items, workers int, m *Memory, w Watch, progress func(stage string, done, total int)) (*calibrate.Calibrated, error) {
	before := passesBefore(r.Refine) * items.Len
	all := before + items.Len
	g, notes, err := m.Before(ctx, g, r, items, workers, func(done, total int) {
		progress(StageCalibrate, before*done/max(total, 1), all)
	})
	if err != nil {
		return nil, err
	}
	p, err := prepare.Prepare(g, r)
	if err != nil {
		return nil, err
	}
	p.Notes = append(p.Notes, notes...)
	c, err := calibrate.Run(ctx, p, items, workers, func(done, total int) {
		progress(StageCalibrate, before+items.Len*done/max(total, 1), all)
	})
	if err != nil {
		return nil, err
	}
	known := m.Of(c.Float)
	known.Watch = w
	return After(ctx, c, items, known, workers, func(done, total int) { progress(StageRefine, done, total) })
}

// movedItems are enough to tell float rounding from another network.
const movedItems = 4

// moved says how far the outputs of a network that was scaled are from those of the network as it came: all that is compared
// with float is compared with it.
func moved(ctx context.Context, asCame, scaled *graph.Graph, items calibrate.Items, workers int) (string, error) {
	items.Len = min(items.Len, movedItems)
	outputs := func(g *graph.Graph) ([][]float32, error) {
		out := make([][]float32, items.Len)
		return out, pool.Show(ctx, g, exec.Config{Pool: items.Pool}, max(workers, 1), items.Len, items.Inputs, func(r *exec.Runner, i int) { out[i] = r.Output(0) }, func(int) {})
	}
	want, err := outputs(asCame)
	if err != nil {
		return "", err
	}
	got, err := outputs(scaled)
	if err != nil {
		return "", err
	}
	var s report.Signal
	for i := range want {
		if graph.Finite(want[i]) {
			s.Add(want[i], got[i])
		}
	}
	what := "float rounding, "
	if s.SQNR() < leastRounding {
		what = "more than float rounding, "
	}
	return fmt.Sprintf("The float figures are of the network whose channels were scaled or whose biases were absorbed: on %s its outputs differ from the file's by %s%.1f dB below them.",
		phrase.Plural(items.Len, "calibration item", "calibration items"), what, s.SQNR()), nil
}

// leastRounding is the least SQNR, in dB, that sums in another order leave.
const leastRounding = 80

// passesBefore is how often Before goes over the items.
func passesBefore(r recipe.Refine) int {
	n := 0
	for _, wanted := range []bool{r.Equalize, r.Absorb} {
		if wanted {
			n++
		}
	}
	return n
}

// Before is what a recipe wants done to a network before its quantizers are placed: g itself, or with
// normalisation folded and its channels scaled, by MQBench's rule or by what the items reach, and high biases absorbed;
// and a sentence on each wish that changes nothing, or on how far float rounding has moved the outputs.
func Before(ctx context.Context, g *graph.Graph, r recipe.Recipe, items calibrate.Items, workers int, progress func(done, total int)) (*graph.Graph, []string, error) {
	if !r.Refine.Equalize && !r.Refine.Absorb {
		return g, nil, nil
	}
	var notes []string
	asCame := g
	g, _ = fuse.Fold(g, r.MQBenchExact)
	pass := func(k int) func(done, total int) {
		return func(done, total int) { progress(k*total+done, passesBefore(r.Refine)*total) }
	}
	if r.Refine.Equalize {
		equalized, pairs, err := equalized(ctx, g, r, items, workers, pass(0))
		if err != nil {
			return nil, nil, fmt.Errorf("equalizing: %w", err)
		}
		if g = equalized; len(pairs) == 0 {
			notes = append(notes, "Equalizing channels changes nothing: there are no two layers of which one alone reads the other's channels, with nothing between them that mixes or bends them.")
		}
	}
	if r.Refine.Absorb {
		absorbed, pairs, err := Absorb(ctx, g, items, workers, pass(passesBefore(r.Refine)-1))
		if err != nil {
			return nil, nil, fmt.Errorf("absorbing biases: %w", err)
		}
		if g = absorbed; len(pairs) == 0 {
			notes = append(notes, "Absorbing high biases changes nothing: between no two layers, the second one without padding, is there a channel that stays above zero for all calibration items.")
		}
	}
	if g == asCame || len(notes) == passesBefore(r.Refine) { // nothing has changed, and that is said
		return g, notes, nil
	}
	note, err := moved(ctx, asCame, g, items, workers)
	return g, append(notes, note), err
}

// equalized is g with its channels scaled, by MQBench's rule or by what the items reach.
func equalized(ctx context.Context, g *graph.Graph, r recipe.Recipe, items calibrate.Items, workers int, progress func(done, total int)) (*graph.Graph, []Equalized, error) {
	if r.MQBenchExact {
		g, pairs := EqualizeOnce(g)
		return g, pairs, nil
	}
	reach, err := Reach(ctx, g, items, workers, progress)
	if err != nil {
		return nil, nil, err
	}
	g, pairs := Equalize(g, reach)
	return g, pairs, nil
}

// After is what the recipe wants done to a network once it is calibrated: c itself, or with the rounding of its weights
// learned, then with its biases corrected; known is taken from and added to.
func After(ctx context.Context, c *calibrate.Calibrated, items calibrate.Items, known Known, workers int, progress func(done, total int)) (*calibrate.Calibrated, error) {
	r := c.Recipe.Refine
	var err error
	rounding, biases := progress, progress
	if r.Biases != "" { // they count otherwise: all is told in passes over the items
		all := (roundingPasses + 1) * items.Len
		rounding = func(done, total int) { progress(roundingPasses*items.Len*done/max(total, 1), all) }
		biases = func(done, total int) { progress(roundingPasses*items.Len+items.Len*done/max(total, 1), all) }
	}
	if r.Rounding == (recipe.Rounding{}) {
		biases = progress
	} else if c, err = Reconstruct(ctx, c, items, r.Rounding, known, workers, rounding); err != nil {
		return nil, err
	}
	if r.Biases == "" {
		return c, nil
	}
	if c, err = CorrectBiases(ctx, c, items, r.Biases, known.Means, workers, biases); err != nil {
		return nil, fmt.Errorf("correcting biases: %w", err)
	}
	return c, nil
}
