package lesson

import (
	"context"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Turn says what the knobs do to layer at, and to what the network answers to an item. It tells twice: as
// soon as that item has been run, and when all have been.
func (b *Bench) Turn(ctx context.Context, at, item int, k inspect.Knobs, found func(e inspect.Effect, done bool)) error {
	s, err := b.scene(ctx, at)
	if err != nil {
		return err
	}
	if item < 0 || item >= len(b.items) {
		return fmt.Errorf("the lesson has %d items, there is no item %d", len(b.items), item)
	}
	params, err := b.params(at, k)
	if err != nil {
		return err
	}
	l := b.layers[at]
	e := inspect.Effect{Params: params[l.input]}
	e.Spread, e.Clipped, e.Used, e.SQNR = s.round(e.Params)
	if k.Look.Weight {
		e.Weight = b.weighed(l, params[l.weight])
	}
	on := b.switched(l, k)
	c := *b.c
	c.Params = params
	q := c.Quantized(on)
	if k.Look.Sums {
		if e.Sums, err = b.sums(ctx, at, item, q, params, on, k.Look.Element); err != nil {
			return err
		}
	}
	r, err := exec.New(ctx, q.Graph, exec.Config{Pool: b.job.Pool})
	if err != nil {
		return err
	}
	defer r.Close()
	run := func(i int) error {
		if err := r.Run(ctx, b.items[i]...); err != nil {
			return err
		}
		e.Measured++
		if report.Class(r.Output(0), 0) == report.Class(b.logits[i], 0) {
			e.Agree++
		}
		return nil
	}
	if err := run(item); err != nil {
		return err
	}
	e.Answers, e.First, e.Logits = b.answered(item, r.Output(0))
	found(e, false)
	for i := range b.items {
		if i == item {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := run(i); err != nil {
			return err
		}
	}
	found(e, true)
	return nil
}

// params are the numbers of all quantizers, as the knobs have those of a layer.
func (b *Bench) params(at int, k inspect.Knobs) ([]scheme.QParams, error) {
	s, l := b.scenes[at], b.layers[at]
	all := slices.Clone(b.c.Params)
	lo, hi := s.Min, s.Max
	if k.Input.Range != nil {
		lo, hi = k.Input.Range[0], k.Input.Range[1]
	}
	var err error
	if all[l.input], err = fromRange(k.Input.Scheme, []float32{lo}, []float32{hi}, -1); err != nil {
		return nil, fmt.Errorf("input of layer %q: %w", l.stage.Name, err)
	}
	q := b.c.Quantizers[l.weight]
	if all[l.weight], err = ofWeight(k.Weight, b.c.Float.Values[q.Value].Const, b.c.Params[l.weight].Axis); err != nil {
		return nil, fmt.Errorf("weight of layer %q: %w", l.stage.Name, err)
	}
	if k.Output != nil && l.end.on >= 0 {
		if all[l.end.on], err = fromRange(Input(), k.Output[:1], k.Output[1:], -1); err != nil {
			return nil, fmt.Errorf("output of layer %q: %w", l.stage.Name, err)
		}
	}
	return all, nil
}

// weighed is what p makes of a layer's weight, channel by channel.
func (b *Bench) weighed(l layer, p scheme.QParams) *inspect.Weight {
	t := b.c.Float.Values[b.c.Quantizers[l.weight].Value].Const
	w := inspect.WeightOf(t.F, t.F, t.Shape, b.c.Params[l.weight].Axis, p, b.c.Recipe.Rule)
	w.Float, w.Codes = nil, nil
	return &w
}

// fromRange is QScheme.FromRange for a scheme that came from outside.
func fromRange(s scheme.QScheme, lo, hi []float32, axis int) (scheme.QParams, error) {
	if s.Bits < 2 || s.Bits > 8 {
		return scheme.QParams{}, fmt.Errorf("%d bits: lessons have 2 to 8", s.Bits)
	}
	return s.FromRange(lo, hi, axis)
}

// ofWeight are the numbers of a weight: the extremes of each channel or of all, unless a range is given.
func ofWeight(k inspect.Knob, t *graph.Tensor, axis int) (scheme.QParams, error) {
	if !k.Scheme.PerChannel {
		axis = -1
	}
	var lo, hi []float32
	for c, run := range (scheme.QParams{Axis: axis}).Groups(t.Shape, len(t.F)) {
		for len(lo) <= c {
			lo, hi = append(lo, 0), append(hi, 0)
		}
		for _, v := range t.F[run.From:run.To] {
			lo[c], hi[c] = min(lo[c], v), max(hi[c], v)
		}
	}
	if k.Range != nil {
		for c := range lo {
			lo[c], hi[c] = max(lo[c], k.Range[0]), min(hi[c], k.Range[1])
		}
	}
	return fromRange(k.Scheme, lo, hi, axis)
}

// switched tells which quantizers are on.
func (b *Bench) switched(l layer, k inspect.Knobs) func(i int) bool {
	return func(i int) bool {
		switch {
		case i < 0:
			return false
		case i == l.input || i == l.weight || i == l.end.on && k.Output != nil || k.Scope == inspect.Whole:
			return true
		case k.Scope == inspect.UpToLayer:
			return b.c.Quantizers[i].Node <= b.c.Modules[l.module].Nodes[0]
		}
		return false
	}
}

// answered is what logits say to an item whose answers in float are known.
func (b *Bench) answered(item int, logits []float32) (to []inspect.Answer, top inspect.Answer, sqnr float64) {
	of := map[int]inspect.Answer{}
	all := b.answers(logits, len(logits))
	for _, a := range all {
		of[a.Class] = a
	}
	for _, a := range b.inputs[item].Answers {
		to = append(to, of[a.Class])
	}
	if len(all) > 0 {
		top = all[0]
	}
	var s report.Signal
	s.Add(b.logits[item], logits)
	return to, top, s.SQNR()
}
