package refine

import (
	"context"
	"math"
	"slices"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/portable"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/train"
)

// Schedule of a reconstruction, MQBench's: the rounding loss is left out for the first share of the iterations, then its
// exponent falls in a line.
const (
	warmUp       = 0.2
	fromExponent = 20
	toExponent   = 2
)

// learner takes the steps of one part.
type learner struct {
	graph  *train.Reconstruction
	run    *exec.Runner
	r      recipe.Rounding
	powers [2]float64 // of Adam's betas
}

func newLearner(ctx context.Context, s *train.Reconstruction, r recipe.Rounding, p *engine.Pool) (*learner, error) {
	run, err := exec.New(ctx, s.Graph, train.RunConfig(s.Params, p))
	if err != nil {
		return nil, err
	}
	l := &learner{graph: s, run: run, r: r, powers: [2]float64{1, 1}}
	for _, p := range s.Params {
		if p.Start != nil {
			if err := run.Set(p.Value, p.Start); err != nil {
				return nil, err
			}
		}
	}
	return l, nil
}

// step is iteration it, from 1: rec and round are the losses before it. mask draws one of n elements.
func (l *learner) step(ctx context.Context, it int, inputs [][]float32, target []float32, mask func(n int) []float32) (rec, round float32, err error) {
	given := slices.Clone(inputs)
	if l.r.Method == recipe.QDrop {
		for k := range l.graph.Scales {
			given = append(given, mask(graph.Len(l.graph.Graph.Values[l.graph.Graph.Inputs[len(inputs)+k]].Shape)))
		}
	}
	l.decay()
	total := float64(l.r.Iterations)
	start := float64(warmUp * total)
	exponent, share := float64(fromExponent), float64(l.r.Weight)
	if at := float64(it); at < start {
		share = 0
	} else {
		exponent = toExponent + float64((fromExponent-toExponent)*max(0, 1-(at-start)/(total-start)))
	}
	scaleRate := float64(l.r.ScaleRate) * (1 + portable.Cos(math.Pi*float64(it-1)/total)) / 2
	given = append(given, target)
	for _, x := range []float64{float64(l.r.Rate), scaleRate, 1 - l.powers[0], 1 - l.powers[1], exponent, share} {
		given = append(given, []float32{float32(x)})
	}
	if err := l.run.Run(ctx, given...); err != nil {
		return 0, 0, err
	}
	return l.run.Output(0)[0], l.run.Output(1)[0], nil
}

// decay takes the powers of Adam's betas one iteration on.
func (l *learner) decay() {
	for i, beta := range []float64{0.9, 0.999} {
		l.powers[i] *= beta
	}
}

// get is what one of the step's Params has become.
func (l *learner) get(i int) []float32 { return l.run.Get(l.graph.Params[i].Value) }
