package quant

import (
	"context"

	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/report"
)

// judges is on how many of the calibration items Recommend decides at most: the noise in the logits hardly moves after some
// dozens.
const judges = 32

// fits is how many calibrate at most while it looks: what is found calibrates on all.
const fits = 32

// Recommend makes j.Recipe better without other integers than it has, step by step, see
// diagnose.Lab.Improve. It decides by what becomes of the answers on a quarter of the calibration items, while the others
// calibrate, as what is fitted to items looks better on them than it is. It asks for no labels, and the items that evaluate
// judge a result they had no part in.
func Recommend(ctx context.Context, j Job, g diagnose.Goal) (*diagnose.Improvement, error) {
	return onSound(ctx, j, func(s split) (*diagnose.Improvement, error) {
		fit, judge := s.calibration, s.calibration
		if n := min(judges, s.calibration.Len/4); n > 0 {
			last := make([]int, n)
			for i := range last {
				last[i] = fit.Len - n + i
			}
			judge = s.calibration.Only(last)
			fit.Len = min(fit.Len-n, fits)
		}
		items := evaluate.Items{Items: judge, Label: func(int) int { return report.Unlabelled }}
		refined, err := j.refined(s)
		if err != nil {
			return nil, err
		}
		l := &diagnose.Lab{Graph: j.Model.Graph, Calibration: fit, Whole: s.calibration, Items: items, Workers: j.Workers, Memory: refined}
		found, err := l.Improve(ctx, j.Recipe, g)
		if err == nil {
			found.Notes = leftOut(l, judge.Len, "calibration")
		}
		return found, err
	})
}
