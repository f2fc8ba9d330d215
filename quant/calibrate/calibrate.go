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
// observer of activations sees each batch's ranges once; one that needs values then sees the items of
// the batch again, so that they run twice. An observer of weights sees the weights as one batch. What is
// held is, for each worker, the activations of one item, and the few numbers of every observer: no batch.
// progress is told the items done. The numbers are the same with any number of workers.
func Run(ctx context.Context, p *prepare.Prepared, items Items, workers int, progress func(done, total int)) (*Calibrated, error) {
	if items.Len < 1 {
		return nil, errors.New("calibration needs at least one item")
	}
	w := &watch{items: items, progress: progress}
	observers := make([]observer.Observer, len(p.Quantizers))
	for i, q := range p.Quantizers {
		o, err := newObserver(p.Graph, q)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q.Name, err)
		}
		observers[i] = o
		if q.Weight {
			observeWeight(o, p.Graph.Values[q.Value].Const, q.Axis)
		} else {
			w.add(o, q.Value)
		}
	}
	if err := w.run(ctx, p, workers); err != nil {
		return nil, err
	}
	return finish(p, observers)
}

func newObserver(g *graph.Graph, q prepare.Quantizer) (observer.Observer, error) {
	c := observer.Config{Scheme: q.Scheme, Axis: q.Axis, Channels: 1, EMARatio: q.EMARatio}
	if q.Axis >= 0 {
		c.Channels = g.Values[q.Value].Shape[q.Axis]
	}
	if q.Weight {
		c.Role = observer.Weight
	}
	return observer.New(q.Observer, c)
}

// observeWeight shows an observer a constant, as one batch.
func observeWeight(o observer.Observer, t *graph.Tensor, axis int) {
	each := func(f func(c int, x []float32)) {
		if axis < 0 {
			f(0, t.F)
		} else {
			scheme.Channels(t.Shape, axis, func(c, from, to int) { f(c, t.F[from:to]) })
		}
	}
	each(func(c int, x []float32) {
		lo, hi := observer.Of(x)
		o.ObserveRange(c, lo, hi)
	})
	if v, ok := o.(observer.Values); ok {
		each(v.Observe)
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
		f, err := fakequant.New(q.FakeQuant, fakequant.Config{Scheme: q.Scheme, Rule: p.Recipe.Rule, Weight: q.Weight})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q.Name, err)
		}
		lo, hi := observers[i].Range()
		f.Load(params, lo, hi)
		c.Params[i] = f.Params()
	}
	return c, nil
}
