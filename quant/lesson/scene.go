package lesson

import (
	"context"
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Input is how activations are quantized unless a pupil turns something.
func Input() scheme.QScheme { return scheme.QScheme{Bits: 8} }

// Weight is how weights are.
func Weight() scheme.QScheme { return scheme.QScheme{Bits: 8, Symmetric: true, PerChannel: true} }

const (
	sampled = 1 << 14 // values of an item that are looked at
	bins    = 120
	points  = 40 // of the curve
)

// scene is a layer with the values that it takes in float.
type scene struct {
	inspect.Scene
	values [][]float32 // of each item, every so many
}

// Scene looks at a layer: its index among those of the scene, -1 for the one that shows most. bits are
// those that the curve is drawn for.
func (b *Bench) Scene(ctx context.Context, at int, s scheme.QScheme) (inspect.Scene, error) {
	if at < 0 {
		at = b.telling()
	}
	sc, err := b.scene(ctx, at)
	if err != nil {
		return inspect.Scene{}, err
	}
	out := sc.Scene
	out.Choices, out.Curve = sc.choices(s), sc.curve(s)
	return out, nil
}

// telling is the layer that a lesson begins with: the first depthwise convolution, whose channels differ
// most, or the second layer.
func (b *Bench) telling() int {
	for i, l := range b.layers {
		if l.stage.Depthwise {
			return i
		}
	}
	return min(1, len(b.layers)-1)
}

func (b *Bench) scene(ctx context.Context, at int) (*scene, error) {
	if at < 0 || at >= len(b.layers) {
		return nil, fmt.Errorf("the lesson has %d layers of this network, there is no layer %d", len(b.layers), at)
	}
	if s := b.scenes[at]; s != nil {
		return s, nil
	}
	value := b.c.Quantizers[b.layers[at].input].Value
	s := &scene{Scene: inspect.Scene{Layer: at, Inputs: b.inputs, Tensor: b.c.Graph.Values[value].Name}}
	for _, l := range b.layers {
		s.Layers = append(s.Layers, l.stage)
	}
	s.Weight[0], s.Weight[1] = observer.Of(b.c.Float.Values[b.c.Quantizers[b.layers[at].weight].Value].Const.F)
	if on := b.layers[at].end.on; on >= 0 {
		p := b.c.Params[on]
		s.Output = &[2]float32{lowest(p), highest(p)}
	}
	r, err := exec.New(ctx, b.c.Float, exec.Config{Keep: []graph.ValueID{value}, Pool: b.job.Pool})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for _, x := range b.items {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := r.Run(ctx, x...); err != nil {
			return nil, err
		}
		s.values = append(s.values, observer.Every(r.Value(value), sampled))
	}
	if err := s.count(); err != nil {
		return nil, fmt.Errorf("layer %q: %w", b.layers[at].stage.Name, err)
	}
	b.scenes[at] = s
	return s, nil
}

// count fills the bins.
func (s *scene) count() error {
	s.Min, s.Max = float32(math.Inf(1)), float32(math.Inf(-1))
	for _, x := range s.values {
		lo, hi := observer.Of(x)
		s.Min, s.Max = min(s.Min, lo), max(s.Max, hi)
		s.Elements += len(x)
	}
	if !(s.Min <= s.Max) || math.IsInf(float64(s.Min), 0) || math.IsInf(float64(s.Max), 0) {
		return fmt.Errorf("its input has values from %v to %v: %w; check the preprocessing", s.Min, s.Max, scheme.ErrRange)
	}
	s.Bins = make([]int, bins)
	width := (float64(s.Max) - float64(s.Min)) / bins
	for _, x := range s.values {
		for _, v := range x {
			at := 0
			if width > 0 {
				at = int((float64(v) - float64(s.Min)) / width)
			}
			s.Bins[min(max(at, 0), bins-1)]++
		}
	}
	return nil
}

// choices asks every observer, shown the items one after another, for its range.
func (s *scene) choices(q scheme.QScheme) []inspect.Choice {
	var out []inspect.Choice
	for _, k := range observer.Kinds() {
		if k.PoT { // their scales are another scheme's
			continue
		}
		o, err := observer.New(k.Name, observer.Config{Scheme: q, Axis: -1, Channels: 1, EMARatio: 0.9})
		if err != nil {
			continue
		}
		for _, x := range s.values {
			observer.Batch(o, func(see func(c int, x []float32)) { see(0, x) })
		}
		p, err := o.Params()
		if err != nil {
			continue // values that this observer has no range for
		}
		out = append(out, inspect.Choice{Observer: k.Name, Low: lowest(p), High: highest(p)})
	}
	return out
}

// lowest and highest are what the outermost codes stand for.
func lowest(p scheme.QParams) float32  { return float32(p.QMin-p.ZeroPoint[0]) * p.Scale[0] }
func highest(p scheme.QParams) float32 { return float32(p.QMax-p.ZeroPoint[0]) * p.Scale[0] }

// curve is the error of ranges from a fortieth of the extremes to all of them.
func (s *scene) curve(q scheme.QScheme) []inspect.Tradeoff {
	var out []inspect.Tradeoff
	for i := range points {
		share := float32(i+1) / points
		if p, err := q.FromRange([]float32{s.Min * share}, []float32{s.Max * share}, -1); err == nil {
			t, _, _, _ := s.round(p)
			out = append(out, t)
		}
	}
	return out
}

// round fake-quantizes the values and says what that costs: the error, values clipped, codes used, SQNR.
func (s *scene) round(p scheme.QParams) (t inspect.Tradeoff, clipped, used int, sqnr float64) {
	t.Low, t.High = lowest(p), highest(p)
	lo, hi := t.Low-p.Scale[0]/2, t.High+p.Scale[0]/2
	seen := make([]bool, p.QMax-p.QMin+1)
	var signal report.Signal
	for _, x := range s.values {
		y, codes := make([]float32, len(x)), make([]int32, len(x))
		p.FakeQuantize(y, x, []int{len(x)}, scheme.PyTorch)
		p.Quantize(codes, x, []int{len(x)}, scheme.PyTorch)
		for i, v := range x {
			d := float64(v) - float64(y[i])
			if v < lo || v > hi {
				clipped++
				t.Clipping += d * d
			} else {
				t.Rounding += d * d
			}
			seen[codes[i]-p.QMin] = true
		}
		signal.Add(x, y)
	}
	for _, was := range seen {
		if was {
			used++
		}
	}
	t.Clipping /= float64(max(s.Elements, 1))
	t.Rounding /= float64(max(s.Elements, 1))
	return t, clipped, used, signal.SQNR()
}
