package quant

import (
	"context"
	"fmt"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/refine"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/train"
)

// Trained is what training made of a result.
type Trained struct {
	Before     report.Accuracy    `json:"before"` // on the evaluation items, quantized but not yet trained
	Epochs     []train.Epoch      `json:"epochs"`
	Quantizers []inspect.Standing `json:"quantizers,omitempty"` // as the last step left them, where that was watched
}

// Calibrate places the quantizers of j.Recipe, calibrates, refines and trains them, and evaluates nothing.
func Calibrate(ctx context.Context, j Job) (*calibrate.Calibrated, error) {
	return onSound(ctx, j, func(s split) (*calibrate.Calibrated, error) {
		c, _, err := j.calibrate(ctx, s)
		return c, err
	})
}

// calibrate is everything between the network and its evaluation.
func (j Job) calibrate(ctx context.Context, s split) (*calibrate.Calibrated, *Trained, error) {
	rounding, err := j.rounding(s)
	if err != nil {
		return nil, nil, err
	}
	calibration, err := j.calibration(s)
	if err != nil {
		return nil, nil, err
	}
	refined, err := j.refined(s)
	if err != nil {
		return nil, nil, err
	}
	c, err := refine.Watched(ctx, j.Model.Graph, j.Recipe, calibration, j.Workers, refined, rounding, j.Progress)
	if err != nil || j.Recipe.Train == (recipe.Training{}) {
		return c, nil, err
	}
	var t Trained
	if s.evaluation.Len > 0 {
		if t.Before, err = evaluate.Accuracy(ctx, c, s.evaluation, j.Workers); err != nil {
			return nil, nil, err
		}
	}
	if before := t.Before; j.Watch.Before != nil && s.evaluation.Len > 0 {
		if s.evaluation.Len > followed {
			if before, err = evaluate.Accuracy(ctx, c, s.few(), j.Workers); err != nil {
				return nil, nil, err
			}
		}
		j.Watch.Before(before)
	}
	watch, err := j.watch(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	step := watch.Step
	watch.Step = func(m train.Moment, save func() ([]byte, error)) error {
		t.Quantizers = m.Quantizers
		return step(m, save)
	}
	items := train.Items{Items: s.calibration, Label: s.calibrationLabel}
	if c, t.Epochs, err = train.Fit(ctx, c, items, j.Workers, watch); err != nil {
		return nil, nil, fmt.Errorf("training: %w", err)
	}
	return c, &t, nil
}
