package quant

import (
	"context"

	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/refine"
)

// Diagnose places and calibrates the quantizers of j.Recipe and measures how sensitive the network is to
// each of them. o.Workers is the job's.
func Diagnose(ctx context.Context, j Job, o diagnose.Options) (*diagnose.Sensitivity, error) {
	return onSound(ctx, j, func(s split) (*diagnose.Sensitivity, error) { return j.diagnose(ctx, s, o) })
}

func (j Job) diagnose(ctx context.Context, s split, o diagnose.Options) (*diagnose.Sensitivity, error) {
	c, err := refine.Run(ctx, j.Model.Graph, j.Recipe, s.calibration, j.Workers, func(n, of int) { j.Progress(StageCalibrate, n, of) })
	if err != nil {
		return nil, err
	}
	o.Workers = j.Workers
	return diagnose.Measure(ctx, c, s.evaluation, o)
}
