package quant

import (
	"context"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/refine"
)

// Bounds is what may make a quantized network's integers others on other engines.
type Bounds struct {
	Sums []exec.Sums     `json:"sums"` // of the layers on integers, whatever the input
	Ties []diagnose.Ties `json:"ties"` // of the activations, on evaluation items
}

// ProveBounds calibrates j.Recipe, unless known is what it came to, bounds the sums of every integer layer, and counts on at most so many items what lies next to
// a rounding tie.
func ProveBounds(ctx context.Context, j Job, known *calibrate.Calibrated, items int) (*Bounds, error) {
	return onSound(ctx, j, func(s split) (*Bounds, error) {
		c, err := known, error(nil)
		if c == nil {
			if c, err = refine.Run(ctx, j.Model.Graph, j.Recipe, s.calibration, j.Workers, j.Progress); err != nil {
				return nil, err
			}
		}
		b := &Bounds{}
		if b.Sums, err = exec.SumsOf(ctx, c.Quantized(calibrate.All).Graph); err != nil {
			return nil, err
		}
		few := s.evaluation.Items
		few.Len = min(few.Len, items)
		b.Ties, err = diagnose.TiesOf(ctx, c, few, j.Workers, func(n, of int) { j.Progress(StageEvaluate, n, of) })
		return b, err
	})
}
