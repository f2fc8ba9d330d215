package quant

import (
	"context"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/refine"
)

// Calibrate places the quantizers of j.Recipe, calibrates and refines them, and evaluates nothing.
func Calibrate(ctx context.Context, j Job) (*calibrate.Calibrated, error) {
	return onSound(ctx, j, func(s split) (*calibrate.Calibrated, error) {
		return refine.Run(ctx, j.Model.Graph, j.Recipe, s.calibration, j.Workers, func(n, of int) { j.Progress(StageCalibrate, n, of) })
	})
}
