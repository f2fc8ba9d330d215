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

func (r runners) all() [3]*exec.Runner { return [3]*exec.Runner{r.float, r.quantized, r.integer} }

// runnerPools give each worker runners of its own.
type runnerPools struct {
	items Items
	known floats // what is known of the float network
	pools []*pool.Pool
	free  chan runners
}

// configs are those of the three.
type configs struct{ float, simulation, integer exec.Config }

// newRunnerPools makes Runners of c and of c quantized.
func newRunnerPools(ctx context.Context, c *calibrate.Calibrated, quantized *graph.Graph, items Items, workers int, how configs) (*runnerPools, error) {
	if items.Known == nil {
		items.Known = &Known{}
	}
	t := &runnerPools{items: items, known: items.Known.of(c.Float)}
	for _, of := range []struct {
		graph  *graph.Graph
		config exec.Config
	}{{c.Float, how.float}, {quantized, how.simulation}, {quantized, how.integer}} {
		p, err := pool.New(ctx, of.graph, of.config, workers)
		if err != nil {
			t.close()
			return nil, err
		}
		t.pools = append(t.pools, p)
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

// like is what all runners are laid out as.
func (t *runnerPools) like() runners {
	return runners{t.pools[0].Runners()[0], t.pools[1].Runners()[0], t.pools[2].Runners()[0]}
}

// forms are those of the nodes on the integer engine.
func (t *runnerPools) forms() []exec.Form { return t.like().integer.Forms() }

// each runs the items from one to another, that one not, and calls do for each once all three have: its inputs and its answers
// are at hand too. float tells to run the float network where its answers are known, too. failed is told an item that fails.
func (t *runnerPools) each(ctx context.Context, from, to int, float bool, do func(r runners, i int, inputs [][]float32, a Answers) error, failed func(i int), done func(n int)) error {
	return t.pools[0].Each(ctx, from, to, func(_ *exec.Runner, i int) error {
		r := <-t.free
		defer func() { t.free <- r }()
		err := t.one(ctx, r, i, float, do)
		if err != nil {
			failed(i)
		}
		return err
	}, done)
}

func (t *runnerPools) one(ctx context.Context, r runners, i int, whole bool, do func(r runners, i int, inputs [][]float32, a Answers) error) error {
	inputs, err := t.items.Inputs(i)
	if err != nil {
		return err
	}
	float, known := t.items.Known.answer(t.known, i)
	for _, run := range r.all() {
		if run == r.float && known && !whole {
			continue
		}
		if err := run.Run(ctx, inputs...); err != nil {
			return fmt.Errorf("evaluation item %d: %w", i, err)
		}
	}
	if !known {
		float = floatAnswer{outputs: outputs(r.float), finite: graph.Finite(inputs...)} // a ReLU may make numbers of what is none
		float.finite = float.finite && graph.Finite(float.outputs[0])
		t.items.Known.keep(t.known, i, float)
	}
	return do(r, i, inputs, Answers{Float: float.outputs, Quantized: outputs(r.quantized), Integer: outputs(r.integer), Finite: float.finite})
}

// outputs are those of the last run of r.
func outputs(r *exec.Runner) [][]float32 {
	list := make([][]float32, r.Outputs())
	for k := range list {
		list[k] = r.Output(k)
	}
	return list
}
