// Package calibrate runs calibration items through the observers (spec §4.1: evaluation mode,
// observers on, fake-quantizers off) and gives every quantizer its scale and zero point. What comes in
// is a prepared network and its items, what goes out the network with all its numbers known.
package calibrate

import (
	"context"
	"errors"
	"fmt"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Calibrated is a prepared network whose quantizers have their numbers.
type Calibrated struct {
	prepare.Prepared
	Params []scheme.QParams // one for each of Quantizers, same order
}

// Exec is what makes a run of Graph a fake-quantized one.
func (c *Calibrated) Exec() []exec.Quant {
	quants := make([]exec.Quant, len(c.Quantizers))
	for i, q := range c.Quantizers {
		quants[i] = exec.Quant{Value: q.Value, Params: c.Params[i], Rule: c.Recipe.Rule}
	}
	return quants
}

// Items are the data to calibrate on.
type Items struct {
	Len    int
	Inputs func(i int) ([][]float32, error) // the network's inputs for item i, batch 1; called by several goroutines if there are several workers
}

// Run calibrates p on all the items, in batches as the recipe says; the last may be smaller. An
// observer of activations sees each batch's values once, one of weights the weights once. progress is
// told the items done. The numbers are the same with any number of workers.
func Run(ctx context.Context, p *prepare.Prepared, items Items, workers int, progress func(done, total int)) (*Calibrated, error) {
	if items.Len < 1 {
		return nil, errors.New("calibration needs at least one item")
	}
	observers := make([]observer.Observer, len(p.Quantizers))
	var activations []int // indices of quantizers
	var watched []graph.ValueID
	for i, q := range p.Quantizers {
		var err error
		if observers[i], err = newObserver(p.Graph, q); err != nil {
			return nil, fmt.Errorf("%s: %w", q.Name, err)
		}
		if q.Weight {
			observeWeight(observers[i], p.Graph.Values[q.Value].Const, q.Axis)
			continue
		}
		activations, watched = append(activations, i), append(watched, q.Value)
	}
	runners, err := pool.New(p.Graph, exec.Config{Observe: watched}, workers)
	if err != nil {
		return nil, err
	}
	defer runners.Close()
	batch := p.Recipe.Data.Batch
	for from := 0; from < items.Len; from += batch {
		to := min(from+batch, items.Len)
		ranges := make([][2]float32, (to-from)*len(watched))
		err := runners.Each(ctx, from, to, func(r *exec.Runner, i int) error {
			inputs, err := items.Inputs(i)
			if err != nil {
				return err
			}
			if err := r.Run(inputs...); err != nil {
				return fmt.Errorf("calibration item %d: %w", i, err)
			}
			for k, v := range watched {
				lo, hi := r.Range(v)
				ranges[(i-from)*len(watched)+k] = [2]float32{lo, hi}
			}
			return nil
		}, func(n int) { progress(from+n, items.Len) })
		if err != nil {
			return nil, err
		}
		for i, r := range ranges {
			observers[activations[i%len(watched)]].ObserveRange(0, r[0], r[1])
		}
		for _, i := range activations {
			observers[i].EndBatch()
		}
	}
	return finish(p, observers)
}

func newObserver(g *graph.Graph, q prepare.Quantizer) (observer.Observer, error) {
	channels := 1
	if q.Axis >= 0 {
		channels = g.Values[q.Value].Shape[q.Axis]
	}
	return observer.New(q.Observer, observer.Config{Scheme: q.Scheme, Axis: q.Axis, Channels: channels, EMARatio: q.EMARatio})
}

// observeWeight shows an observer a constant, as one batch.
func observeWeight(o observer.Observer, t *graph.Tensor, axis int) {
	if axis < 0 {
		o.Observe(0, t.F)
	} else {
		scheme.Channels(t.Shape, axis, func(c, from, to int) { o.Observe(c, t.F[from:to]) })
	}
	o.EndBatch()
}

// finish turns what the observers saw into the numbers of the fake-quantizers.
func finish(p *prepare.Prepared, observers []observer.Observer) (*Calibrated, error) {
	c := &Calibrated{Prepared: *p, Params: make([]scheme.QParams, len(p.Quantizers))}
	for i, q := range p.Quantizers {
		params, err := observers[i].Params()
		if err != nil {
			what := "check the preprocessing and the items"
			if q.Weight {
				what = "the weights of this layer are broken"
			}
			return nil, fmt.Errorf("%s, tensor %q: %w: %s", q.Name, p.Graph.Values[q.Value].Name, err, what)
		}
		f, err := fakequant.New(q.FakeQuant, fakequant.Config{Symmetric: q.Scheme.Symmetric, Rule: p.Recipe.Rule})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q.Name, err)
		}
		f.Load(params)
		c.Params[i] = f.Params()
	}
	return c, nil
}
