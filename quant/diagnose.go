package quant

import (
	"context"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/diagnose"
)

// Diagnose finds out what quantization by j.Recipe costs the network, where, why, and what helps. Fixes are
// tried on so many items.
func Diagnose(ctx context.Context, j Job, items int, p diagnose.Plan) (*diagnose.Diagnosis, error) {
	return onSound(ctx, j, func(s split) (*diagnose.Diagnosis, error) {
		whole, names, err := j.numbers(s, items)
		if err != nil {
			return nil, err
		}
		lab, err := j.lab(whole, items)
		if err != nil {
			return nil, err
		}
		d, err := diagnose.Diagnose(ctx, lab, j.Recipe, p)
		if err == nil && len(names) > 0 {
			d.Notes = append(d.Notes, fmt.Sprintf("%d of the first %d evaluation items hold a NaN or an infinity and are left out: %s.", len(names), min(items, len(s.choice.Evaluation)), few(names)))
		}
		return d, err
	})
}

// numbers is a split without those of the first so many evaluation items that are not all numbers, and these by name: one of
// them would make every comparison a NaN.
func (j Job) numbers(s split, items int) (split, []string, error) {
	var names []string
	var kept []int
	for k, i := range s.choice.Evaluation {
		if k < items {
			x, err := s.feed.Tensors(i)
			if err != nil {
				return s, nil, err
			}
			if slices.ContainsFunc(x, notFinite) {
				names = append(names, j.Data.Name(i))
				continue
			}
		}
		kept = append(kept, i)
	}
	if names == nil {
		return s, nil, nil
	}
	if len(kept) == 0 {
		return s, nil, fmt.Errorf("none of the %d evaluation items is all numbers: %s", len(s.choice.Evaluation), few(names))
	}
	choice := s.choice
	choice.Evaluation = kept
	return j.take(s.feed, choice, s.notes), names, nil
}

// lab is where recipes are tried on a job's network: calibrated on the items that j.Recipe says, measured
// on the first so many of those that evaluate.
func (j Job) lab(s split, items int) (*diagnose.Lab, error) {
	calibration, err := j.calibration(s)
	s.evaluation.Len = min(s.evaluation.Len, items)
	return &diagnose.Lab{Graph: j.Model.Graph, Calibration: calibration, Items: s.evaluation, Workers: j.Workers}, err
}
