package diagnose

import (
	"context"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/refine"
)

// base is a float network that recipes quantize, and what is known of it.
type base struct {
	graph *graph.Graph  // its channels scaled and its biases absorbed, where the recipes want that
	known *refine.Known // nil before a recipe was calibrated
}

// baseOf is what of a recipe decides which float network it quantizes, and on which items it is observed.
type baseOf struct {
	backend                 string
	exact, equalize, absorb bool
	data                    recipe.Data
}

// base is what a recipe quantizes; it is made when it is first asked for.
func (l *Lab) base(ctx context.Context, r recipe.Recipe, progress func(done, total int)) (*base, error) {
	of := baseOf{r.Backend, r.MQBenchExact, r.Refine.Equalize, r.Refine.Absorb, r.Data}
	if b := l.bases[of]; b != nil {
		return b, nil
	}
	scale := l.Whole
	if scale.Len == 0 {
		scale = l.Calibration
	}
	g, _, err := l.Memory.Before(ctx, l.Graph, r, scale, l.Workers, progress)
	if err != nil {
		return nil, err
	}
	if l.bases == nil {
		l.bases = map[baseOf]*base{}
	}
	l.bases[of] = &base{graph: g}
	return l.bases[of], nil
}

// observe is calibrate.Run; activations of recipes that may come next are observed in the same pass, and none twice.
func (l *Lab) observe(ctx context.Context, b *base, p *prepare.Prepared, progress func(done, total int)) (*calibrate.Calibrated, error) {
	if l.Calibration.Shown == nil {
		l.Calibration.Shown = &calibrate.Shown{}
	}
	together := []*prepare.Prepared{p}
	if l.also != nil {
		for _, r := range l.also(p.Recipe) {
			if other, err := prepare.Prepare(b.graph, r); err == nil { // else it is told when it is tried
				together = append(together, other)
			}
		}
	}
	if err := calibrate.Show(ctx, together, l.Calibration, l.Workers, progress); err != nil {
		return nil, err
	}
	return calibrate.Run(ctx, p, l.Calibration, l.Workers, func(int, int) {})
}
