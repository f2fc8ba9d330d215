package quant

import (
	"context"
	"slices"

	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/refine"
	"github.com/quantscope/quantscope/quant/report"
)

// Recovered is what a network reaches after training with its quantizers in place.
type Recovered struct {
	Recipe  string          `json:"recipe"`  // digest, of the recipe with its training
	Trained report.Accuracy `json:"trained"` // with the numbers that its quantizers were trained with, beside the float network as it was
	// Own is of the trained weights, as if a file had them: calibrated anew by the recipe, beside the network that they are in
	// float. It is nil where a fake-quantizer makes the weights of others, as dorefa does, which then no file has.
	Own *report.Accuracy `json:"own,omitempty"`
}

// Recover trains j's network as its recipe says and evaluates it.
func Recover(ctx context.Context, j Job) (*Recovered, error) {
	return onSound(ctx, j, func(s split) (*Recovered, error) { return j.recover(ctx, s) })
}

func (j Job) recover(ctx context.Context, s split) (*Recovered, error) {
	var r Recovered
	var err error
	if r.Recipe, err = j.Recipe.Digest(); err != nil {
		return nil, err
	}
	c, _, err := j.calibrate(ctx, s)
	if err != nil {
		return nil, err
	}
	if r.Trained, err = evaluate.Accuracy(ctx, c, s.evaluation, j.Workers); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(c.Quantizers, func(q prepare.Quantizer) bool { return fakequant.Transforms(q.FakeQuant) }) {
		return &r, nil
	}
	again := j.Recipe
	again.Train = recipe.Training{}
	if c, err = refine.Run(ctx, c.Graph, again, s.calibration, j.Workers, j.Progress); err != nil {
		return nil, err
	}
	own, err := evaluate.Accuracy(ctx, c, s.evaluation, j.Workers)
	r.Own = &own
	return &r, err
}
