package quant

import (
	"context"

	"github.com/quantscope/quantscope/quant/diagnose"
)

// Diagnose finds out what quantization by j.Recipe costs the network, where, why, and what helps. Fixes are
// tried on so many items.
func Diagnose(ctx context.Context, j Job, items int, p diagnose.Plan) (*diagnose.Diagnosis, error) {
	return onSound(ctx, j, func(s split) (*diagnose.Diagnosis, error) {
		lab, err := j.lab(s, items)
		if err != nil {
			return nil, err
		}
		d, err := diagnose.Diagnose(ctx, lab, j.Recipe, p)
		if err == nil {
			d.Notes = leftOut(lab, min(items, s.evaluation.Len), "evaluation")
		}
		return d, err
	})
}

// lab is where recipes are tried on a job's network: calibrated on the items that j.Recipe says, measured
// on the first so many of those that evaluate.
func (j Job) lab(s split, items int) (*diagnose.Lab, error) {
	calibration, err := j.calibration(s)
	if err != nil {
		return nil, err
	}
	refined, err := j.refined(s)
	s.evaluation.Len = min(s.evaluation.Len, items)
	return &diagnose.Lab{Graph: j.Model.Graph, Calibration: calibration, Items: s.evaluation, Workers: j.Workers, Memory: refined}, err
}
