package lesson

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/scheme"
	"github.com/quantscope/quantscope/quant/train"
)

const (
	drillSteps = 40
	drillBatch = 8       // items of a step at most
	drillInput = 1 << 19 // numbers of a step's input at most, where two items have fewer
	watched    = 4096    // weights that are followed
	tracks     = 12      // of them that are shown
)

// Practice trains the network towards its float self's answers with layer at's weight quantized as the drill says
// and all else at 8 bits. It tells how far it has come behind every step; the last time, how the trained network answers.
func (b *Bench) Practice(ctx context.Context, at int, d inspect.Drill, found func(p inspect.Practice, done bool)) error {
	if at < 0 || at >= len(b.layers) {
		return fmt.Errorf("the lesson has %d layers of this network, there is no layer %d", len(b.layers), at)
	}
	if !(d.Rate > 0 && d.Rate <= 1) {
		return fmt.Errorf("a learning rate of %v: lessons have more than 0 and at most 1", d.Rate)
	}
	c, err := b.coarse(at, d)
	if err != nil {
		return err
	}
	inputs, err := b.practised()
	if err != nil {
		return err
	}
	teacher, err := b.taught(ctx, inputs)
	if err != nil {
		return err
	}
	p := inspect.Practice{Steps: drillSteps, Items: len(b.items), QMin: c.Params[b.layers[at].weight].QMin, QMax: c.Params[b.layers[at].weight].QMax}
	if p.Before, err = b.agreeing(ctx, c); err != nil {
		return err
	}
	t := train.New(c, train.Config{Optimizer: train.Optimizer{Kind: "adam"}, Distill: 1, FreezeNorm: true}, b.job.Pool)
	defer t.Close()
	w := newWatch(b.layers[at], c)
	n := min(max(drillInput/len(inputs[0][0]), 2), drillBatch)
	for p.Step < p.Steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		x, answers := batch(inputs, p.Step, n), batch(teacher, p.Step, n)
		loss, _, err := t.Step(ctx, n, d.Rate, x, make([]float32, len(answers[0])), answers[0])
		if err != nil {
			return err
		}
		if math.IsNaN(float64(loss)) || math.IsInf(float64(loss), 0) {
			return fmt.Errorf("the training left the finite numbers in step %d: take a lower learning rate", p.Step+1)
		}
		p.Step++
		p.Losses = append(p.Losses, float64(loss))
		w.see(t.Result())
		w.tell(&p)
		if p.Step < p.Steps {
			found(p, false)
		}
	}
	if p.Agree, err = b.agreeing(ctx, t.Result()); err != nil {
		return err
	}
	found(p, true)
	return nil
}

// coarse is the network with one weight as a drill has it.
func (b *Bench) coarse(at int, d inspect.Drill) (*calibrate.Calibrated, error) {
	l := b.layers[at]
	c := *b.c
	c.Params, c.Quantizers = slices.Clone(c.Params), slices.Clone(c.Quantizers)
	s := Weight()
	s.Bits = d.Bits
	q := &c.Quantizers[l.weight]
	p, err := ofWeight(inspect.Knob{Scheme: s}, c.Float.Values[q.Value].Const, b.c.Params[l.weight].Axis)
	if err != nil {
		return nil, fmt.Errorf("weight of layer %q: %w", l.stage.Name, err)
	}
	if c.Params[l.weight] = p; d.Learn {
		q.FakeQuant = "learnable"
	}
	return &c, nil
}

// practised are the inputs of the calibration items, each of the network's inputs for all.
func (b *Bench) practised() ([][][]float32, error) {
	choice, err := dataset.Choose(b.job.Recipe.Data, nil, b.job.Data.Len())
	if err != nil {
		return nil, err
	}
	items, err := b.job.Items(choice.Calibration)
	if err != nil {
		return nil, err
	}
	all := make([][][]float32, len(b.c.Graph.Inputs))
	var broken error
	for i := range items.Len {
		x, err := items.Inputs(i)
		if err != nil {
			broken = err
			continue
		}
		for k := range all {
			all[k] = append(all[k], x[k])
		}
	}
	if len(all[0]) == 0 {
		return nil, fmt.Errorf("none of the calibration items can be used: %w", broken)
	}
	return all, nil
}

// taught is what the float network answers to items, as one input.
func (b *Bench) taught(ctx context.Context, inputs [][][]float32) ([][][]float32, error) {
	r, err := exec.New(ctx, b.c.Float, exec.Config{Pool: b.job.Pool})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	out := make([][][]float32, 1)
	for i := range inputs[0] {
		if err := r.Run(ctx, batchOf(inputs, []int{i})...); err != nil {
			return nil, err
		}
		out[0] = append(out[0], r.Output(0))
	}
	return out, nil
}

// batch takes the n items of a step, one after another, around and around.
func batch(of [][][]float32, step, n int) [][]float32 {
	var items []int
	for i := range n {
		items = append(items, (step*n+i)%len(of[0]))
	}
	return batchOf(of, items)
}

func batchOf(of [][][]float32, items []int) [][]float32 {
	out := make([][]float32, len(of))
	for k := range of {
		for _, i := range items {
			out[k] = append(out[k], of[k][i]...)
		}
	}
	return out
}

// agreeing counts the items whose first answer is the float network's.
func (b *Bench) agreeing(ctx context.Context, c *calibrate.Calibrated) (int, error) {
	r, err := exec.New(ctx, c.Quantized(calibrate.All).Graph, exec.Config{Pool: b.job.Pool})
	if err != nil {
		return 0, err
	}
	defer r.Close()
	n := 0
	for i, x := range b.items {
		if err := r.Run(ctx, x...); err != nil {
			return 0, err
		}
		if report.Class(r.Output(0), 0) == report.Class(b.logits[i], 0) {
			n++
		}
	}
	return n, nil
}

// watch follows weights from code to code.
type watch struct {
	weight  int
	q       prepare.Quantizer
	of      []int       // elements of the weight
	scale   []int       // of each, which scale is its own
	at      [][]float32 // of each, where it was
	left    []int32     // the code that each left last
	back    []int
	start   []float32 // scales
	stretch float64
}

func newWatch(l layer, c *calibrate.Calibrated) *watch {
	w := &watch{weight: l.weight, q: c.Quantizers[l.weight], start: c.Params[l.weight].Scale}
	t := c.Graph.Values[w.q.Value].Const
	channel := make([]int, len(t.F))
	for k, run := range c.Params[l.weight].Groups(t.Shape, len(t.F)) {
		for i := run.From; i < run.To; i++ {
			channel[i] = k
		}
	}
	step := (len(t.F) + watched - 1) / watched
	for i := 0; i < len(t.F); i += step | 1 { // odd, so that every place in a kernel is met
		w.of, w.scale = append(w.of, i), append(w.scale, channel[i])
	}
	w.at, w.left, w.back = make([][]float32, len(w.of)), make([]int32, len(w.of)), make([]int, len(w.of))
	w.see(c)
	return w
}

// see takes down where the weights are now.
func (w *watch) see(c *calibrate.Calibrated) {
	p, x := c.Params[w.weight], c.Graph.Values[w.q.Value].Const.F
	w.stretch = 0
	for k, s := range p.Scale {
		w.stretch += float64(s / w.start[k])
	}
	w.stretch /= float64(len(p.Scale))
	for i, k := range w.of {
		now := x[k]/p.Scale[w.scale[i]] + float32(p.ZeroPoint[w.scale[i]])
		if n := len(w.at[i]); n == 0 {
			w.left[i] = math.MinInt32 // none yet
		} else if before, after := code(p, w.at[i][n-1]), code(p, now); before != after {
			if after == w.left[i] {
				w.back[i]++
			}
			w.left[i] = before
		}
		w.at[i] = append(w.at[i], now)
	}
}

// code is the one at a place, as MQBench rounds.
func code(p scheme.QParams, at float32) int32 {
	return min(max(int32(math.RoundToEven(float64(at))), p.QMin), p.QMax)
}

// tell puts what was seen into p: the weights that came back most often, and others between them.
func (w *watch) tell(p *inspect.Practice) {
	p.Watched, p.Stretch, p.Moved, p.Back, p.Tracks = len(w.of), w.stretch, 0, 0, nil
	grid := scheme.QParams{QMin: p.QMin, QMax: p.QMax}
	var restless, others []int
	for i, at := range w.at {
		if code(grid, at[0]) != code(grid, at[len(at)-1]) {
			p.Moved++
		}
		if w.back[i] > 0 {
			p.Back++
			restless = append(restless, i)
		} else {
			others = append(others, i)
		}
	}
	slices.SortStableFunc(restless, func(a, b int) int { return w.back[b] - w.back[a] })
	shown := append(slices.Clone(restless[:min(tracks/2, len(restless))]), spread(others, tracks/2)...)
	for _, i := range shown {
		p.Tracks = append(p.Tracks, inspect.Track{At: slices.Clone(w.at[i]), Back: w.back[i]})
	}
}
