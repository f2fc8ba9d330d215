package diagnose

import (
	"context"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/refine"
	"github.com/quantscope/quantscope/quant/scheme"
)

// base is a float network that recipes quantize, and what is known of it.
type base struct {
	graph  *graph.Graph // its channels scaled and its biases absorbed, where the recipes want that
	ranges map[observed]scheme.QParams
	refine.Known
}

// baseOf is what of a recipe decides which float network it quantizes, and on which items it is observed.
type baseOf struct {
	backend                 string
	exact, equalize, absorb bool
	data                    recipe.Data
}

// observed is an activation, by its name, and how it is quantized.
type observed struct {
	value string
	axis  int
	recipe.Quantizer
}

// base is what a recipe quantizes; it is made when it is first asked for.
func (l *Lab) base(ctx context.Context, r recipe.Recipe, progress func(done, total int)) (*base, error) {
	of := baseOf{r.Backend, r.MQBenchExact, r.Refine.Equalize, r.Refine.Absorb, r.Data}
	if b := l.bases[of]; b != nil {
		return b, nil
	}
	g, _, err := refine.Before(ctx, l.Graph, r, l.Calibration, l.Workers, progress)
	if err != nil {
		return nil, err
	}
	if l.bases == nil {
		l.bases = map[baseOf]*base{}
	}
	l.bases[of] = &base{g, map[observed]scheme.QParams{}, refine.NewKnown()}
	return l.bases[of], nil
}

// take keeps the numbers of activations that c has found.
func (b *base) take(c *calibrate.Calibrated) {
	for i, q := range c.Quantizers {
		if !q.Weight && q.Shared == 0 {
			b.ranges[observed{c.Graph.Values[q.Value].Name, q.Axis, q.Quantizer}] = c.Params[i]
		}
	}
}

// observe is calibrate.Run, where activations that were observed before with the same settings keep their numbers. If some
// were not, those of recipes that may come next are observed in the same pass.
func (l *Lab) observe(ctx context.Context, b *base, p *prepare.Prepared, progress func(done, total int)) (*calibrate.Calibrated, error) {
	missing, ok := b.missing(p, nil)
	if !ok {
		return calibrate.Run(ctx, p, l.Calibration, l.Workers, progress)
	}
	if len(missing) > 0 {
		if l.also != nil {
			for _, r := range l.also(p.Recipe) {
				if other, err := prepare.Prepare(b.graph, r); err == nil { // else it is told when it is tried
					missing, _ = b.missing(other, missing)
				}
			}
		}
		all := *p
		all.Quantizers = missing
		c, err := calibrate.Run(ctx, &all, l.Calibration, l.Workers, progress)
		if err != nil {
			return nil, err
		}
		b.take(c)
	}
	weights := *p
	weights.Quantizers = nil
	for _, q := range p.Quantizers {
		if q.Weight {
			weights.Quantizers = append(weights.Quantizers, q)
		}
	}
	c, err := calibrate.Run(ctx, &weights, l.Calibration, 1, func(int, int) {})
	if err != nil {
		return nil, err
	}
	found := c.Params
	c.Quantizers, c.Params, c.Observed = p.Quantizers, nil, nil
	for _, q := range p.Quantizers {
		if q.Weight {
			c.Params, found = append(c.Params, found[0]), found[1:]
		} else {
			c.Params = append(c.Params, b.ranges[observed{p.Graph.Values[q.Value].Name, q.Axis, q.Quantizer}])
		}
	}
	return c, nil
}

// missing adds the quantizers of activations that were not observed yet to a list, each once; false if there are some that
// cannot be observed by themselves.
func (b *base) missing(p *prepare.Prepared, list []prepare.Quantizer) ([]prepare.Quantizer, bool) {
	if of, _ := backend.Of(p.Recipe.Backend); of.Limits.Biases {
		return list, false
	}
	listed := map[observed]bool{}
	key := func(q prepare.Quantizer) observed { return observed{p.Graph.Values[q.Value].Name, q.Axis, q.Quantizer} }
	for _, q := range list {
		listed[key(q)] = true
	}
	whole := true
	for _, q := range p.Quantizers {
		if q.Weight {
			continue
		}
		if whole = whole && q.Shared == 0; q.Shared > 0 {
			continue
		}
		k := key(q)
		if _, ok := b.ranges[k]; !ok && !listed[k] {
			list, listed[k] = append(list, q), true
		}
	}
	return list, whole
}
