package quant

import (
	"context"

	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/report"
)

// judges is on how many of the calibration items Recommend decides: the noise in the logits hardly moves
// after some dozens.
const judges = 32

// Recommend makes j.Recipe better without other integers than it has, step by step, see
// diagnose.Lab.Improve. It decides by what becomes of the answers on calibration items and asks for no labels, so that
// the items that evaluate judge a result they had no part in.
func Recommend(ctx context.Context, j Job, g diagnose.Goal) (*diagnose.Improvement, error) {
	return onSound(ctx, j, func(s split) (*diagnose.Improvement, error) {
		items := evaluate.Items{Items: s.calibration, Label: func(int) int { return report.Unlabelled }}
		items.Len = min(items.Len, judges)
		l := &diagnose.Lab{Graph: j.Model.Graph, Calibration: s.calibration, Items: items, Workers: j.Workers}
		return l.Improve(ctx, j.Recipe, g)
	})
}
