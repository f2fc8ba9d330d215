package diagnose

import (
	"context"
	"errors"

	"github.com/quantscope/quantscope/quant/backend"
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
	Calibration calibrate.Items
	Items       evaluate.Items // that outcomes are of
	Workers     int

	float [][]float32 // logits of Graph, once known
	means map[floatKind]refine.Means
	known [3]*calibrate.Calibrated // as it came, equalized, with high biases absorbed too; biases not corrected
}

// floatKind is what of a recipe decides which float network it quantizes.
type floatKind struct {
	backend                 string
	exact, equalize, absorb bool
}

// Trial is a recipe that was tried.
type Trial struct {
	Recipe  recipe.Recipe `json:"recipe"`
	Outcome Outcome       `json:"outcome"`
	Bytes   int64         `json:"bytes"` // of the parameters
	c       *calibrate.Calibrated
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
	return l.trial(ctx, r, c)
}

// trial measures what becomes of the float network's answers under a recipe that came to c.
func (l *Lab) trial(ctx context.Context, r recipe.Recipe, c *calibrate.Calibrated) (*Trial, error) {
	var err error
	if l.float == nil {
		if l.float, err = l.logits(ctx, l.Graph); err != nil {
			return nil, err
		}
	}
	quantized, err := l.logits(ctx, c.Quantized(calibrate.All).Graph)
	if err != nil {
		return nil, err
	}
	t := tally{offset: r.Data.ClassOffset}
	for i, x := range quantized {
		t.add(l.float[i], x, l.Items.Label(i))
	}
	return &Trial{Recipe: r, Outcome: t.outcome(), Bytes: evaluate.Size(c).Quantized, c: c}, nil
}

// calibrated is what a recipe came to where that is known, and keeps what other recipes can take of it;
// else it is found out.
func (l *Lab) calibrated(ctx context.Context, r recipe.Recipe, known *calibrate.Calibrated, progress func(done, total int)) (*calibrate.Calibrated, error) {
	switch {
	case l.Items.Len < 1:
		return nil, errNoItems
	case known == nil:
		return l.calibrate(ctx, r, progress)
	case r.Refine == recipe.Refine{}:
		l.known[0] = known
	}
	return known, nil
}

// errNoItems tells a user what is missing.
var errNoItems = errors.New("there are no items besides those that calibrate: give more, or let some do both")

// calibrate is refine.Run; activations that were observed before, in the same network, keep their numbers.
func (l *Lab) calibrate(ctx context.Context, r recipe.Recipe, progress func(done, total int)) (*calibrate.Calibrated, error) {
	known, g := &l.known[0], l.Graph
	if l.means == nil {
		l.means = map[floatKind]refine.Means{}
	}
	if r.Refine.Equalize || r.Refine.Absorb {
		known = &l.known[1]
		if r.Refine.Absorb {
			known = &l.known[2]
		}
		if *known != nil && (*known).Recipe.MQBenchExact == r.MQBenchExact && (*known).Recipe.Refine.Equalize == r.Refine.Equalize {
			g = (*known).Float
		} else {
			var err error
			if g, _, err = refine.Before(ctx, g, r, l.Calibration, l.Workers, progress); err != nil {
				return nil, err
			}
		}
	}
	p, err := prepare.Prepare(g, r)
	if err != nil {
		return nil, err
	}
	c, err := again(ctx, p, *known, l.Calibration)
	if err == nil && c == nil {
		c, err = calibrate.Run(ctx, p, l.Calibration, l.Workers, progress)
	}
	if err != nil {
		return nil, err
	}
	if *known == nil {
		*known = c
	}
	kind := floatKind{r.Backend, r.MQBenchExact, r.Refine.Equalize, r.Refine.Absorb}
	if l.means[kind] == nil {
		l.means[kind] = refine.Means{}
	}
	return refine.After(ctx, c, l.Calibration, l.means[kind], l.Workers, progress)
}

// again calibrates the weights of p alone, where known has observed all its activations with the same
// settings; else it gives nil.
func again(ctx context.Context, p *prepare.Prepared, known *calibrate.Calibrated, items calibrate.Items) (*calibrate.Calibrated, error) {
	b, _ := backend.Of(p.Recipe.Backend)
	if known == nil || b.Limits.Biases || known.Recipe.MQBenchExact != p.Recipe.MQBenchExact || known.Recipe.Data != p.Recipe.Data {
		return nil, nil
	}
	at := map[string]int{} // activations of known
	for i, q := range known.Quantizers {
		if !q.Weight {
			at[known.Graph.Values[q.Value].Name] = i
		}
	}
	weights := *p
	weights.Quantizers = nil
	for _, q := range p.Quantizers {
		if q.Weight {
			weights.Quantizers = append(weights.Quantizers, q)
			continue
		}
		i, ok := at[p.Graph.Values[q.Value].Name]
		if !ok || known.Quantizers[i].Quantizer != q.Quantizer || q.Shared > 0 || known.Quantizers[i].Shared > 0 {
			return nil, nil
		}
	}
	c, err := calibrate.Run(ctx, &weights, items, 1, func(int, int) {})
	if err != nil {
		return nil, err
	}
	found := c.Params
	c.Quantizers, c.Params = p.Quantizers, nil
	for _, q := range p.Quantizers {
		if q.Weight {
			c.Params, found = append(c.Params, found[0]), found[1:]
		} else {
			c.Params = append(c.Params, known.Params[at[p.Graph.Values[q.Value].Name]])
		}
	}
	return c, nil
}

// logits are those of a network for all items.
func (l *Lab) logits(ctx context.Context, g *graph.Graph) ([][]float32, error) {
	out := make([][]float32, l.Items.Len)
	return out, pool.Show(ctx, g, exec.Config{Pool: l.Items.Pool}, max(l.Workers, 1), l.Items.Len, l.Items.Inputs, func(r *exec.Runner, i int) {
		out[i] = r.Output(0)
	}, func(int) {})
}
