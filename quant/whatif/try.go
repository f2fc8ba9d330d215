package whatif

import (
	"context"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/look"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Try says what other quantizers of a layer do, by its place among the network's. It tells twice: the layer's numbers
// at once, and what the network answers when that is measured, done.
func (b *Bench) Try(ctx context.Context, layer int, q inspect.WhatIf, found func(t inspect.Tried, done bool)) error {
	if layer < 0 || layer >= len(b.c.Modules) {
		return fmt.Errorf("the network has %d layers, there is no layer %d", len(b.c.Modules), layer)
	}
	at := look.Place(&b.c.Prepared, b.c.Modules[layer])
	out := inspect.Tried{Before: b.before}
	params := slices.Clone(b.c.Params)
	for _, side := range []struct {
		at   int
		q    *inspect.Instead
		into **inspect.Fitted
	}{{at.Weight, q.Weight, &out.Weight}, {at.Input, q.Input, &out.Input}} {
		if side.at < 0 || !b.c.Quantizers[side.at].Weight && b.c.Params[side.at].Axis >= 0 {
			continue
		}
		f, p, err := b.fit(ctx, side.at, side.q)
		if err != nil {
			return err
		}
		*side.into = f
		b.put(params, side.at, p)
	}
	found(out, false)
	var err error
	if b.before == nil {
		if b.before, err = b.measure(ctx, b.c.Params); err != nil {
			return err
		}
		out.Before = b.before
		found(out, false)
	}
	if out.Network = b.before; q != (inspect.WhatIf{}) {
		if out.Network, err = b.measure(ctx, params); err != nil {
			return err
		}
	}
	found(out, true)
	return nil
}

// put gives quantizer at, and all that share its numbers, other ones.
func (b *Bench) put(params []scheme.QParams, at int, p scheme.QParams) {
	for i, q := range b.c.Quantizers {
		if i == at || q.Shared > 0 && q.Shared == b.c.Quantizers[at].Shared {
			params[i] = p
		}
	}
}

// measure runs the network with these numbers of its quantizers.
func (b *Bench) measure(ctx context.Context, params []scheme.QParams) (*inspect.Likeness, error) {
	c := *b.c
	c.Params = params
	answers := make([][]float32, len(b.items))
	err := pool.Show(ctx, c.Quantized(calibrate.All).Graph, exec.Config{Pool: b.job.Pool}, max(b.job.Workers, 1), len(b.items),
		func(i int) ([][]float32, error) { return b.items[i], ctx.Err() },
		func(r *exec.Runner, i int) { answers[i] = r.Output(0) }, func(int) {})
	if err != nil {
		return nil, err
	}
	out := &inspect.Likeness{}
	var signal report.Signal
	for i, y := range answers {
		signal.Add(b.float[i], y)
		out.Items++
		first := report.Class(y, 0)
		if first == report.Class(b.float[i], 0) {
			out.Agree++
		}
		if b.labels[i] >= 0 {
			out.Labelled++
			if first == b.labels[i] {
				out.Right++
			}
		}
	}
	out.SQNR = signal.SQNR()
	return out, nil
}
