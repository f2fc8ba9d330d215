package quant

import (
	"context"

	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/report"
)

// Search finds how many bits each layer should have within a budget, see diagnose.Lab.Mix. Like Recommend it measures on
// calibration items, and asks for no labels, so that the items that evaluate judge a result they had no part in.
func Search(ctx context.Context, j Job, p diagnose.MixedPlan) (*diagnose.Mixed, error) {
	return onSound(ctx, j, func(s split) (*diagnose.Mixed, error) {
		items := evaluate.Items{Items: s.calibration, Label: func(int) int { return report.Unlabelled }}
		items.Len = min(items.Len, judges)
		l := &diagnose.Lab{Graph: j.Model.Graph, Calibration: s.calibration, Items: items, Workers: j.Workers}
		m, err := l.Mix(ctx, j.Recipe, p)
		if err == nil {
			m.Notes = leftOut(l, items.Len, "calibration")
		}
		return m, err
	})
}
