package whatif

import (
	"context"
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/scheme"
)

const bins = 120

// asked is what an observer's range depends on.
type asked struct {
	at       int
	observer string
	scheme   scheme.QScheme
}

// setting is quantizer at as q asks for it.
func (b *Bench) setting(at int, q inspect.Instead) (recipe.Quantizer, error) {
	out := b.c.Quantizers[at].Quantizer
	if q.Bits < recipe.MinBits || q.Bits > recipe.MaxBits {
		return out, fmt.Errorf("%d bits: quantizers have %d to %d", q.Bits, recipe.MinBits, recipe.MaxBits)
	}
	k, err := observer.KindOf(q.Observer)
	if err != nil {
		return out, err
	}
	if q.Observer != out.Observer {
		out.Observer, out.EMARatio, out.ObserverOptions = q.Observer, 0, observer.Options{}
		if k.Average {
			out.EMARatio = 0.9
		}
	}
	out.Scheme.Bits = q.Bits
	out.Scheme.PerChannel = q.PerChannel && b.axis(at) >= 0 && !k.PerTensor
	out.Scheme.Block = 0 // a trial has no blocks
	return out, nil
}

// axis is that of the output channels of quantizer at, -1 for an activation.
func (b *Bench) axis(at int) int {
	q := b.c.Quantizers[at]
	if !q.Weight {
		return -1
	}
	return b.c.ChannelAxis(q.Node)
}

// params are the numbers of quantizer at as q asks for it, where it takes x.
func (b *Bench) params(at int, q inspect.Instead, x [][]float32) (scheme.QParams, error) {
	set, err := b.setting(at, q)
	if err != nil {
		return scheme.QParams{}, err
	}
	axis := -1
	if set.Scheme.PerChannel {
		axis = b.axis(at)
	}
	if q.Range == nil {
		return b.observe(at, set, axis, x)
	}
	low, high := q.Range[0], q.Range[1]
	if !(low <= 0 && high >= 0) || math.IsInf(float64(high)-float64(low), 0) {
		return scheme.QParams{}, fmt.Errorf("a range from %v to %v: it has to hold zero and to end", low, high)
	}
	if axis < 0 {
		return set.Scheme.FromRange([]float32{low}, []float32{high}, axis)
	}
	p, err := b.observe(at, set, axis, x)
	if err != nil {
		return p, err
	}
	lo, hi := make([]float32, len(p.Scale)), make([]float32, len(p.Scale))
	for c := range lo {
		lo[c], hi[c] = ends(p, c)
		if set.Scheme.Symmetric { // codes reach one step farther below
			lo[c] = -hi[c]
		}
		lo[c], hi[c] = max(lo[c], low), min(hi[c], high)
	}
	return set.Scheme.FromRange(lo, hi, axis)
}

// observe asks an observer, shown the numbers x one item after another.
func (b *Bench) observe(at int, q recipe.Quantizer, axis int, x [][]float32) (scheme.QParams, error) {
	key := asked{at, q.Observer, q.Scheme}
	if p, ok := b.ranges[key]; ok {
		return p, nil
	}
	v := b.c.Graph.Values[b.c.Quantizers[at].Value]
	config := observer.Config{Scheme: q.Scheme, Axis: axis, Channels: 1, EMARatio: q.EMARatio, Exact: b.c.Recipe.MQBenchExact, Options: q.ObserverOptions}
	if axis >= 0 {
		config.Channels = v.Shape[axis]
	}
	if b.c.Quantizers[at].Weight {
		config.Role = observer.Weight
	}
	o, err := observer.New(q.Observer, config)
	if err != nil {
		return scheme.QParams{}, err
	}
	for _, item := range x {
		observer.Batch(o, func(see func(c int, x []float32)) {
			if axis < 0 {
				see(0, item)
				return
			}
			for c, run := range (scheme.QParams{Axis: axis}).Groups(v.Shape, len(item)) {
				see(c, item[run.From:run.To])
			}
		})
	}
	p, err := o.Params()
	if err == nil {
		b.ranges[key] = p
	}
	return p, err
}

// ends are what the outermost codes of channel c stand for.
func ends(p scheme.QParams, c int) (low, high float32) {
	return float32(p.QMin-p.ZeroPoint[c]) * p.Scale[c], float32(p.QMax-p.ZeroPoint[c]) * p.Scale[c]
}

// fit says how p fits the numbers that quantizer at takes.
func (b *Bench) fit(ctx context.Context, at int, q *inspect.Instead) (*inspect.Fitted, scheme.QParams, error) {
	p := b.c.Params[at]
	x, err := b.numbers(ctx, at)
	if err != nil {
		return nil, p, err
	}
	if q != nil {
		if p, err = b.params(at, *q, x); err != nil {
			return nil, p, fmt.Errorf("%s: %w", b.c.Quantizers[at].Name, err)
		}
	}
	if len(p.Scale) == 0 {
		return nil, p, nil
	}
	out := &inspect.Fitted{Codes: int(p.QMax-p.QMin) + 1, Bins: make([]int, bins)}
	shape := b.c.Graph.Values[b.c.Quantizers[at].Value].Shape
	used := make([]bool, out.Codes)
	var signal report.Signal
	out.Min, out.Max = x[0][0], x[0][0]
	for _, item := range x {
		lo, hi := observer.Of(item)
		out.Min, out.Max = min(out.Min, lo), max(out.Max, hi)
	}
	for _, item := range x {
		of := shape
		if p.Axis < 0 {
			of = []int{len(item)}
		}
		y := make([]float32, len(item))
		p.FakeQuantize(y, item, of, b.c.Recipe.Rule)
		signal.Add(item, y)
		out.Elements += len(item)
		for c, run := range p.Groups(of, len(item)) {
			low, high := ends(p, c)
			half := p.Scale[c] * 0.501
			for i := run.From; i < run.To; i++ {
				if v := item[i]; v < low-half || v > high+half {
					out.Clipped++
				}
				used[min(max(int(math.Round(float64(y[i]/p.Scale[c])))+int(p.ZeroPoint[c]-p.QMin), 0), out.Codes-1)] = true
				out.Bins[bin(item[i], out.Min, out.Max)]++
			}
		}
	}
	for c := range p.Scale {
		low, high := ends(p, c)
		out.Low, out.High = min(out.Low, low), max(out.High, high)
	}
	for _, is := range used {
		if is {
			out.Used++
		}
	}
	out.SQNR = signal.SQNR()
	return out, p, nil
}

func bin(v, low, high float32) int {
	if !(high > low) {
		return 0
	}
	return min(max(int(float64(bins)*(float64(v)-float64(low))/(float64(high)-float64(low))), 0), bins-1)
}
