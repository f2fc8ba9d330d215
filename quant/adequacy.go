package quant

import (
	"context"

	"github.com/quantscope/quantscope/quant/diagnose"
)

// adequacyItems are enough to see what calibration does to the logits.
const adequacyItems = 16

// Adequacy is whether j's calibration items are enough, with their names.
type Adequacy struct {
	*diagnose.Adequacy
	Names []string `json:"names"` // of the items of Makers
}

// CheckCalibration finds out whether the calibration items of j.Recipe are enough, which ranges hang on single ones, and how
// many more it would take.
func CheckCalibration(ctx context.Context, j Job) (*Adequacy, error) {
	return onSound(ctx, j, func(s split) (*Adequacy, error) {
		lab, err := j.lab(s, adequacyItems)
		if err != nil {
			return nil, err
		}
		a, err := lab.Adequate(ctx, j.Recipe, func(n, of int) { j.Progress(StageCalibrate, n, of) })
		if err != nil {
			return nil, err
		}
		a.Notes = leftOut(lab, min(adequacyItems, s.evaluation.Len), "evaluation")
		named := &Adequacy{Adequacy: a, Names: []string{}}
		for _, m := range a.Makers {
			named.Names = append(named.Names, j.Data.Name(s.choice.Calibration[m.Item]))
		}
		return named, nil
	})
}
