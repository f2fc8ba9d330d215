package diagnose

import (
	"context"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/scheme"
)

// bench is one unit by itself, on what the float network makes before it. It tells what its output would
// be with other numbers in its quantizers.
type bench struct {
	m     *meter
	layer *Layer
	part  *graph.Part
	given [][][]float32 // what the part reads, of each item
	want  [][]float32   // what it makes in float
	mine  []int         // the quantizers that concern it, indices into Quantizers
}

// benchItems are enough for the output of a single layer, which has many elements.
const benchItems = 4

// benches puts units up by themselves. The float network runs once for all.
func (m *meter) benches(ctx context.Context, layers []*Layer) ([]*bench, error) {
	g := m.c.Graph
	var keep []graph.ValueID
	from := make([][]graph.ValueID, len(layers))
	for i, l := range layers {
		end := m.steps.quantized[l.Node]
		keep = append(keep, end)
		made := map[graph.ValueID]bool{}
		for k, n := range g.Nodes {
			if m.steps.quantized[k] != end {
				continue
			}
			for _, v := range n.Inputs {
				if v != graph.None && g.Values[v].Const == nil && !made[v] && !slices.Contains(from[i], v) {
					from[i] = append(from[i], v)
				}
			}
			for _, v := range n.Outputs {
				made[v] = true
			}
		}
		for _, v := range from[i] {
			if !slices.Contains(g.Inputs, v) {
				keep = append(keep, v)
			}
		}
	}
	few := *m
	few.items.Len = min(few.items.Len, benchItems)
	held, err := few.hold(ctx, unique(keep), alone)
	if err != nil {
		return nil, err
	}
	out := make([]*bench, len(layers))
	for i, l := range layers {
		b := &bench{m: m, layer: l}
		if b.part, err = graph.Cut(g, from[i], []graph.ValueID{m.steps.quantized[l.Node]}); err != nil {
			return nil, err
		}
		for item, h := range held {
			inputs, err := m.items.Inputs(item)
			if err != nil {
				return nil, err
			}
			given := make([][]float32, len(from[i]))
			for k, v := range from[i] {
				if at := slices.Index(g.Inputs, v); at >= 0 {
					given[k] = inputs[at]
				} else {
					given[k] = h[v]
				}
			}
			b.given, b.want = append(b.given, given), append(b.want, h[m.steps.quantized[l.Node]])
		}
		for k, q := range m.c.Quantizers {
			if slices.Contains(b.part.Source, q.Value) {
				b.mine = append(b.mine, k)
			}
		}
		out[i] = b
	}
	return out, nil
}

// quantizer is one of the network's, and constant the numbers that it quantizes.
func (b *bench) quantizer(i int) prepare.Quantizer { return b.m.c.Quantizers[i] }

func (b *bench) constant(i int) *graph.Tensor { return b.m.c.Graph.Values[b.quantizer(i).Value].Const }

// values are the float values that an activation quantizer of the unit gets, of each item; nil where the
// unit neither reads nor leaves them.
func (b *bench) values(i int) [][]float32 {
	v := b.quantizer(i).Value
	if v == b.m.steps.quantized[b.layer.Node] {
		return b.want
	}
	for k, in := range b.part.Inputs {
		if b.part.Source[in] != v {
			continue
		}
		var all [][]float32
		for _, given := range b.given {
			all = append(all, given[k])
		}
		return all
	}
	return nil
}

// change is what to have in the place of a quantizer's numbers; nil is no quantizer.
type change map[int]*scheme.QParams

// quality is how well a unit's output is kept, in dB: over all its elements, where wide channels drown
// narrow ones, and as the mean of the channels' noise, each beside its own signal.
type quality struct{ all, channels float64 }

// quality is that of the unit's output with some quantizers changed.
func (b *bench) quality(ctx context.Context, with change) (quality, error) {
	var quantizers []graph.Quantizer
	for k, q := range b.m.c.FakeQuantizers(calibrate.All) {
		p, changed := with[k]
		if changed && p == nil {
			continue
		}
		if changed {
			q.Params = *p
		}
		quantizers = append(quantizers, q)
	}
	r, err := exec.New(ctx, graph.Quantize(b.part.Graph, b.part.Quantizers(quantizers)).Graph, exec.Config{Pool: b.m.items.Pool})
	if err != nil {
		return quality{}, err
	}
	defer r.Close()
	n, shape := 1, b.m.c.Graph.Values[b.m.steps.quantized[b.layer.Node]].Shape
	if _, tokens := b.m.c.Graph.Nodes[b.layer.Node].Op.(graph.MatMul); len(shape) == 2 || len(shape) > 2 && !tokens {
		n = shape[1]
	}
	var all report.Signal
	channels := make([]report.Signal, n)
	for item, given := range b.given {
		if err := r.Run(ctx, given...); err != nil {
			return quality{}, err
		}
		got, want := r.Output(0), b.want[item]
		all.Add(want, got)
		per := len(want) / n
		for c := range channels {
			channels[c].Add(want[c*per:(c+1)*per], got[c*per:(c+1)*per])
		}
	}
	noise, alive := 0.0, 0
	for _, c := range channels {
		if s := c.SQNR(); s > -report.LimitSQNR { // else there is nothing in it
			noise += report.Noise(max(s, 0)) // all gone is all gone
			alive++
		}
	}
	return quality{all.SQNR(), -10 * report.Decades(noise/float64(max(alive, 1)))}, nil
}
