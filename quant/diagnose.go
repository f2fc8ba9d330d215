package quant

import (
	"context"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/prepare"
)

// Diagnose places and calibrates the quantizers of j.Recipe and measures how sensitive the network is to
// each of them. o.Workers is the job's.
func Diagnose(ctx context.Context, j Job, o diagnose.Options) (*diagnose.Sensitivity, error) {
	s, err := j.split()
	if err != nil {
		return nil, err
	}
	p, err := prepare.Prepare(j.Model.Graph, j.Recipe)
	if err != nil {
		return nil, err
	}
	c, err := calibrate.Run(ctx, p, s.calibration, j.Workers, func(n, of int) { j.Progress(StageCalibrate, n, of) })
	if err != nil {
		return nil, err
	}
	o.Workers = j.Workers
	return diagnose.Measure(ctx, c, s.evaluation, o)
}
