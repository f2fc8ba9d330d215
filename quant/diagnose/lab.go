package diagnose

import (
	"context"
	"errors"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/refine"
)

// Lab tries recipes on one network: what they have in common is done once. It is not safe for use by
// several goroutines.
type Lab struct {
	Graph       *graph.Graph
	Calibration calibrate.Items // what they have shown stays known
	Whole       calibrate.Items // that will calibrate the recipe that is found, which channels are scaled by, so that it is the network that is tried; none: Calibration
	Items       evaluate.Items  // that outcomes are of, but for those in Out
	Workers     int
	Memory      *refine.Memory // of the items that calibrate; nil: what is found is forgotten with each network
	Out         []string       // names of the items that were left out: the float network gives no finite numbers on them

	float [][]float32 // logits of Graph, once known
	bases map[baseOf]*base
	also  func(r recipe.Recipe) []recipe.Recipe // recipes that may be tried after r; their activations are observed with r's
}

// Trial is a recipe that was tried.
type Trial struct {
	Recipe  recipe.Recipe `json:"recipe"`
	Outcome Outcome       `json:"outcome"`
	Bytes   int64         `json:"bytes"` // of the parameters
	c       *calibrate.Calibrated
	items   []float64 // dB, of the logits of each item
}

// Try calibrates a recipe and measures what becomes of the float network's answers.
func (l *Lab) Try(ctx context.Context, r recipe.Recipe, progress func(done, total int)) (*Trial, error) {
	if l.Items.Len < 1 {
		return nil, errNoItems
	}
	c, err := l.calibrate(ctx, r, progress)
	if err != nil {
		return nil, err
	}
	return l.trial(ctx, r, c, progress)
}

// trial measures what becomes of the float network's answers under a recipe that came to c.
func (l *Lab) trial(ctx context.Context, r recipe.Recipe, c *calibrate.Calibrated, progress func(done, total int)) (*Trial, error) {
	if err := l.sound(ctx, progress); err != nil {
		return nil, err
	}
	quantized, err := l.logits(ctx, c.Quantized(calibrate.All).Graph, l.Items.Inputs, progress)
	if err != nil {
		return nil, err
	}
	t := tally{offset: r.Data.ClassOffset}
	for i, x := range quantized {
		t.add(l.float[i], x, l.Items.Label(i))
	}
	return &Trial{Recipe: r, Outcome: t.outcome(), Bytes: evaluate.Size(c).Quantized, c: c, items: t.decibels}, nil
}

// calibrated is what a recipe came to where that is known; else it is found out.
func (l *Lab) calibrated(ctx context.Context, r recipe.Recipe, known *calibrate.Calibrated, progress func(done, total int)) (*calibrate.Calibrated, error) {
	switch {
	case l.Items.Len < 1:
		return nil, errNoItems
	case known == nil:
		return l.calibrate(ctx, r, progress)
	}
	return known, nil
}

// errNoItems tells a user what is missing.
var errNoItems = errors.New("there are no items besides those that calibrate: give more, or let some do both")

// calibrate is refine.Run, without what is known of the float network already.
func (l *Lab) calibrate(ctx context.Context, r recipe.Recipe, progress func(done, total int)) (*calibrate.Calibrated, error) {
	b, err := l.base(ctx, r, progress)
	if err != nil {
		return nil, err
	}
	p, err := prepare.Prepare(b.graph, r)
	if err != nil {
		return nil, err
	}
	c, err := l.observe(ctx, b, p, progress)
	if err != nil {
		return nil, err
	}
	if b.known == nil {
		known := l.Memory.Of(c.Float)
		b.known = &known
	}
	return refine.After(ctx, c, l.Calibration, *b.known, l.Workers, progress)
}

// logits are those of a network for all items, whose inputs are given.
func (l *Lab) logits(ctx context.Context, g *graph.Graph, inputs func(i int) ([][]float32, error), progress func(done, total int)) ([][]float32, error) {
	out := make([][]float32, l.Items.Len)
	return out, pool.Show(ctx, g, exec.Config{Pool: l.Items.Pool}, max(l.Workers, 1), l.Items.Len, inputs, func(r *exec.Runner, i int) {
		out[i] = r.Output(0)
	}, func(n int) { progress(n, l.Items.Len) })
}

// sound runs the float network on the items, if it has not yet, and leaves out those that give no numbers: beside a NaN
// nothing can be compared.
func (l *Lab) sound(ctx context.Context, progress func(done, total int)) error {
	if l.float != nil {
		return nil
	}
	finite := make([]bool, l.Items.Len)
	float, err := l.logits(ctx, l.Graph, func(i int) ([][]float32, error) {
		x, err := l.Items.Inputs(i)
		finite[i] = graph.Finite(x...) // a ReLU may make numbers of what is none
		return x, err
	}, progress)
	if err != nil {
		return err
	}
	for i, y := range float {
		finite[i] = finite[i] && graph.Finite(y)
	}
	sound, out, err := finiteOnly(l.Items, finite)
	if err != nil {
		return err
	}
	l.Items, l.float = sound, keep(float, finite)
	l.leave(out)
	return nil
}

// leave notes the names of items that were left out.
func (l *Lab) leave(names []string) {
	for _, name := range names {
		if !slices.Contains(l.Out, name) {
			l.Out = append(l.Out, name)
		}
	}
}
