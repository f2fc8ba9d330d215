package evaluate

import (
	"context"
	"fmt"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/pool"
)

// trio is what an item goes through: the float network, its simulation by fake-quantizers, and the integer
// engine.
type trio struct{ float, quantized, integer *exec.Runner }

// trios are as many as there are workers.
type trios struct {
	items Items
	pools []*pool.Pool
	free  chan trio
}

// newTrios makes Runners of c and of c quantized.
func newTrios(ctx context.Context, c *calibrate.Calibrated, quantized *graph.Graph, items Items, workers int, float, simulation, integer exec.Config) (*trios, error) {
	t := &trios{items: items}
	add := func(p *pool.Pool, err error) error {
		if err == nil {
			t.pools = append(t.pools, p)
		}
		return err
	}
	err := add(pool.New(ctx, c.Float, float, workers))
	if err == nil {
		err = add(pool.New(ctx, quantized, simulation, workers))
	}
	if err == nil {
		err = add(pool.New(ctx, quantized, integer, workers))
	}
	if err != nil {
		t.close()
		return nil, err
	}
	t.free = make(chan trio, workers)
	for i, f := range t.pools[0].Runners() {
		t.free <- trio{f, t.pools[1].Runners()[i], t.pools[2].Runners()[i]}
	}
	return t, nil
}

func (t *trios) close() {
	for _, p := range t.pools {
		p.Close()
	}
}

// forms are those of the nodes on the integer engine.
func (t *trios) forms() []exec.Form { return t.pools[2].Runners()[0].Forms() }

// each runs the first n items, and calls do for each once all three have: its inputs are at hand too.
// failed is told an item that fails.
func (t *trios) each(ctx context.Context, n int, do func(r trio, i int, inputs [][]float32) error, failed func(i int), done func(n int)) error {
	return t.pools[0].Each(ctx, 0, n, func(_ *exec.Runner, i int) error {
		r := <-t.free
		defer func() { t.free <- r }()
		err := t.one(ctx, r, i, do)
		if err != nil {
			failed(i)
		}
		return err
	}, done)
}

func (t *trios) one(ctx context.Context, r trio, i int, do func(r trio, i int, inputs [][]float32) error) error {
	inputs, err := t.items.Inputs(i)
	if err != nil {
		return err
	}
	for _, r := range []*exec.Runner{r.float, r.quantized, r.integer} {
		if err := r.Run(ctx, inputs...); err != nil {
			return fmt.Errorf("evaluation item %d: %w", i, err)
		}
	}
	return do(r, i, inputs)
}
