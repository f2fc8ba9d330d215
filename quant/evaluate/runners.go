package evaluate

import (
	"context"
	"fmt"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/pool"
)

// runners is what an item goes through: the float network, its simulation by fake-quantizers, and the integer
// engine.
type runners struct{ float, quantized, integer *exec.Runner }

// runnerPools give each worker runners of its own.
type runnerPools struct {
	items Items
	pools []*pool.Pool
	free  chan runners
}

// newRunnerPools makes Runners of c and of c quantized.
func newRunnerPools(ctx context.Context, c *calibrate.Calibrated, quantized *graph.Graph, items Items, workers int, float, simulation, integer exec.Config) (*runnerPools, error) {
	t := &runnerPools{items: items}
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
	t.free = make(chan runners, workers)
	for i, f := range t.pools[0].Runners() {
		t.free <- runners{f, t.pools[1].Runners()[i], t.pools[2].Runners()[i]}
	}
	return t, nil
}

func (t *runnerPools) close() {
	for _, p := range t.pools {
		p.Close()
	}
}

// forms are those of the nodes on the integer engine.
func (t *runnerPools) forms() []exec.Form { return t.pools[2].Runners()[0].Forms() }

// answers are those of the item that has just been run, from inputs.
func (r runners) answers(inputs [][]float32) Answers {
	a := Answers{Finite: allFinite(inputs)}
	for k := range r.float.Outputs() {
		a.Float = append(a.Float, r.float.Output(k))
		a.Quantized = append(a.Quantized, r.quantized.Output(k))
		a.Integer = append(a.Integer, r.integer.Output(k))
	}
	a.Finite = a.Finite && finite(a.Float[0])
	return a
}

// each runs the items from one to another, that one not, and calls do for each once all three have: its inputs are at hand
// too. failed is told an item that fails.
func (t *runnerPools) each(ctx context.Context, from, to int, do func(r runners, i int, inputs [][]float32) error, failed func(i int), done func(n int)) error {
	return t.pools[0].Each(ctx, from, to, func(_ *exec.Runner, i int) error {
		r := <-t.free
		defer func() { t.free <- r }()
		err := t.one(ctx, r, i, do)
		if err != nil {
			failed(i)
		}
		return err
	}, done)
}

func (t *runnerPools) one(ctx context.Context, r runners, i int, do func(r runners, i int, inputs [][]float32) error) error {
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
