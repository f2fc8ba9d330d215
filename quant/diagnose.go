package quant

import (
	"context"

	"github.com/quantscope/quantscope/quant/diagnose"
)

// Diagnose finds out what quantization by j.Recipe costs the network, where, why, and what helps. Fixes are
// tried on so many items.
func Diagnose(ctx context.Context, j Job, items int, p diagnose.Plan) (*diagnose.Diagnosis, error) {
	return onSound(ctx, j, func(s split) (*diagnose.Diagnosis, error) {
		return diagnose.Diagnose(ctx, j.lab(s, items), j.Recipe, p)
	})
}

// lab is where recipes are tried on a job's network: calibrated on the items that j.Recipe says, measured
// on the first so many of those that evaluate.
func (j Job) lab(s split, items int) *diagnose.Lab {
	s.evaluation.Len = min(s.evaluation.Len, items)
	return &diagnose.Lab{Graph: j.Model.Graph, Calibration: s.calibration, Items: s.evaluation, Workers: j.Workers}
}
