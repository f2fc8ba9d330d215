// Package calibrate runs calibration items through the observers (spec §4.1: evaluation mode,
// observers on, fake-quantizers off) and gives every quantizer its scale and zero point. What comes in
// is a prepared network and its items, what goes out the network with all its numbers known.
package calibrate

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Calibrated is a prepared network whose quantizers have their numbers. Its Graph has the weights that are
// quantized; a fake-quantizer may have made them of others.
type Calibrated struct {
	prepare.Prepared
	Params []scheme.QParams // one for each of Quantizers, same order
	// Observed are the numbers that the observers found, before fake-quantizers made others of them; nil where none did.
	Observed []scheme.QParams
	Float    *graph.Graph // node by node the same as Graph, with the weights as they were
}

// Quantized is Graph with its fake-quantizers, those for which on holds.
func (c *Calibrated) Quantized(on func(i int) bool) *graph.Quantized {
	return graph.Quantize(c.Graph, c.FakeQuantizers(on))
}

// All holds for every quantizer.
func All(int) bool { return true }

// FakeQuantizers are those of Graph for which on holds.
func (c *Calibrated) FakeQuantizers(on func(i int) bool) []graph.Quantizer {
	var list []graph.Quantizer
	for i, q := range c.Quantizers {
		if on(i) {
			list = append(list, graph.Quantizer{Value: q.Value, FakeQuantize: graph.FakeQuantize{Params: c.Params[i], Rule: c.Recipe.Rule}})
		}
	}
	return list
}

// Items are the data to calibrate on.
type Items struct {
	Pool   *engine.Pool // on which they run; nil is the caller's thread
	Len    int
	Inputs func(i int) ([][]float32, error) // the network's inputs for item i, batch 1; called by several goroutines if there are several workers
	Name   func(i int) string               // how errors call item i; nil: by its number
	Shown  *Shown                           // what exactly these items have shown before, and where more is added; nil: nothing
}

// Called is the name of item i.
func (items Items) Called(i int) string {
	if items.Name == nil {
		return fmt.Sprintf("calibration item %d", i)
	}
	return items.Name(i)
}

// Only are those of the items that have these places.
func (items Items) Only(places []int) Items {
	some := Items{Pool: items.Pool, Len: len(places), Inputs: func(i int) ([][]float32, error) { return items.Inputs(places[i]) }}
	if items.Name != nil {
		some.Name = func(i int) string { return items.Name(places[i]) }
	}
	return some
}

// Run calibrates p on all the items, in batches as the recipe says; the last may be smaller. An
// observer of activations sees each batch's ranges once; one that needs values then sees the items of
// the batch again, so that they run twice. An observer of weights sees the weights as one batch. What is
// held is, for each worker, the activations of one item, and the few numbers of every observer: no batch.
// What items.Shown knows is not run. progress is told the items done. The numbers are the same with any number of workers.
func Run(ctx context.Context, p *prepare.Prepared, items Items, workers int, progress func(done, total int)) (*Calibrated, error) {
	if items.Len < 1 {
		return nil, errors.New("calibration needs at least one item")
	}
	c, observers, fakes, err := begin(p)
	if err != nil {
		return nil, err
	}
	if items.Shown == nil {
		items.Shown = &Shown{}
	}
	n := items.Shown.of(p.Graph)
	if err := n.show(ctx, []*prepare.Prepared{p}, items, workers, progress); err != nil {
		return nil, err
	}
	if err := c.finish(n, observers, fakes); err != nil {
		return nil, err
	}
	return c, nil
}

// begin makes what a quantizer needs, and shows the observers of constants their constants.
func begin(p *prepare.Prepared) (*Calibrated, []observer.Observer, []fakequant.FakeQuantizer, error) {
	c := &Calibrated{Prepared: *p, Params: make([]scheme.QParams, len(p.Quantizers)), Float: p.Graph}
	observers := make([]observer.Observer, len(p.Quantizers))
	fakes := make([]fakequant.FakeQuantizer, len(p.Quantizers))
	for i, q := range p.Quantizers {
		var err error
		if observers[i], err = newObserver(p, q); err != nil {
			return nil, nil, nil, fmt.Errorf("%s: %w", q.Name, err)
		}
		if fakes[i], err = fakequant.New(q.FakeQuant, fakequant.Config{
			Scheme: q.Scheme, Rule: p.Recipe.Rule, Weight: q.Weight, Exact: p.Recipe.MQBenchExact, Options: q.FakeQuantOptions,
		}); err != nil {
			return nil, nil, nil, fmt.Errorf("%s: %w", q.Name, err)
		}
		constant := p.Graph.Values[q.Value].Const
		if constant == nil {
			continue
		}
		if err := allFinite(constant, layout(q)); err != nil {
			return nil, nil, nil, c.unfound(q, err)
		}
		if t, ok := fakes[i].(fakequant.Transformer); ok {
			c.transform(q.Value, t)
		}
		observeConstant(observers[i], c.Graph.Values[q.Value].Const, layout(q))
	}
	return c, observers, fakes, nil
}

func newObserver(p *prepare.Prepared, q prepare.Quantizer) (observer.Observer, error) {
	return observer.New(q.Observer, configOf(p, q))
}

// configOf is what the observer of quantizer q is told.
func configOf(p *prepare.Prepared, q prepare.Quantizer) observer.Config {
	c := observer.Config{
		Scheme: q.Scheme, Axis: q.Axis, EMARatio: q.EMARatio,
		Exact: p.Recipe.MQBenchExact, Options: q.ObserverOptions,
	}
	c.Channels = channels(p, q)
	switch {
	case q.Weight:
		c.Role = observer.Weight
	case slices.Contains(p.Graph.Inputs, q.Value):
		c.Role = observer.Input
	}
	return c
}

// channels is how many scales quantizer q has.
func channels(p *prepare.Prepared, q prepare.Quantizer) int {
	return layout(q).Scales(p.Graph.Values[q.Value].Shape)
}

// layout is which elements have which scale.
func layout(q prepare.Quantizer) scheme.QParams {
	if q.Scheme.Block == 0 {
		return scheme.QParams{Axis: q.Axis}
	}
	return scheme.QParams{Axis: q.Axis, Block: q.Scheme.Block, Along: q.Along}
}

// transform puts into the graph what t makes of a constant.
func (c *Calibrated) transform(v graph.ValueID, t fakequant.Transformer) {
	x := c.own(v)
	t.Transform(x, x)
}

// own gives the numbers of a constant to change: those of Graph, which from then on is not Float.
func (c *Calibrated) own(v graph.ValueID) []float32 {
	if c.Graph == c.Float {
		g := *c.Float
		g.Values = slices.Clone(g.Values)
		c.Graph = &g
	}
	w := *c.Graph.Values[v].Const
	w.F, w.Params, w.Codes = slices.Clone(w.F), nil, nil
	c.Graph.Values[v].Const = &w
	return w.F
}

// observeConstant shows an observer a constant, as one batch.
func observeConstant(o observer.Observer, t *graph.Tensor, p scheme.QParams) {
	observer.Batch(o, func(see func(c int, x []float32)) { byChannel(t.F, t.Shape, p, see) })
}

// byChannel shows x in runs of one scale each, in the order of memory.
func byChannel(x []float32, shape []int, p scheme.QParams, show func(c int, x []float32)) {
	for c, run := range p.Groups(shape, len(x)) {
		show(c, x[run.From:run.To])
	}
}

// finish turns what the observers saw into the numbers of the fake-quantizers: those of constants, and those of activations
// on n.
func (c *Calibrated) finish(n *network, observers []observer.Observer, fakes []fakequant.FakeQuantizer) error {
	found := make([]scheme.QParams, len(observers))
	reached := make([]span, len(observers))
	for i, q := range c.Quantizers {
		var err error
		if c.Graph.Values[q.Value].Const != nil {
			if found[i], err = c.find(observers[i], q); err != nil {
				return err
			}
			reached[i].lo, reached[i].hi = observers[i].Range()
			continue
		}
		s := n.seen[lookOf(&c.Prepared, q)]
		if s.err != nil {
			return c.unfound(q, s.err)
		}
		found[i], reached[i].lo, reached[i].hi = s.numbers()
		placed(&found[i], q)
		if f, ok := fakes[i].(fakequant.Follower); ok {
			for _, r := range s.batches {
				f.Follow(r.lo, r.hi)
			}
		}
	}
	if err := c.share(found); err != nil {
		return err
	}
	c.Observed = found
	for i, f := range fakes {
		f.Load(found[i], reached[i].lo, reached[i].hi)
		c.Params[i] = f.Params()
	}
	c.settle()
	return nil
}

// find asks an observer for the numbers of quantizer q.
func (c *Calibrated) find(o observer.Observer, q prepare.Quantizer) (scheme.QParams, error) {
	p, err := o.Params()
	if err != nil {
		return p, c.unfound(q, err)
	}
	placed(&p, q)
	return p, nil
}

// placed says which elements have which of the scales.
func placed(p *scheme.QParams, q prepare.Quantizer) {
	l := layout(q)
	p.Block, p.Along = l.Block, l.Along
}

// allFinite tells where a constant holds what is no number, which not every observer sees.
func allFinite(t *graph.Tensor, p scheme.QParams) (err error) {
	byChannel(t.F, t.Shape, p, func(c int, x []float32) {
		if err != nil || graph.Finite(x) {
			return
		}
		if err = fmt.Errorf("%w: it holds a NaN or an infinity", scheme.ErrRange); p.Axis >= 0 {
			err = fmt.Errorf("channel %d: %w", c, err)
		}
	})
	return err
}

// unfound says where an observer came to nothing.
func (c *Calibrated) unfound(q prepare.Quantizer, err error) error {
	what := "check the preprocessing and the items"
	if q.Weight {
		what = "the weights of this layer are broken"
	}
	return fmt.Errorf("%s, tensor %q: %w: %s", q.Name, c.Graph.Values[q.Value].Name, err, what)
}

// settle changes the constants that follow from the numbers.
func (c *Calibrated) settle() {
	if b, _ := backend.Of(c.Recipe.Backend); b.Limits.Biases {
		c.roundBiases()
	}
}
