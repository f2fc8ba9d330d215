package form

import (
	"errors"
	"strconv"

	"github.com/quantscope/quantscope/quant/recipe"
)

// TrainingFields say how a network is trained with its quantizers in place.
func TrainingFields() []Field {
	return []Field{
		count("train-epochs", "Epochs", "Passes over the calibration items.", 1, 1000, func(r *recipe.Recipe) *int { return &r.Train.Epochs }),
		{
			ID: "train-rate", Label: "Learning rate", Help: "Initial value; the schedule lowers it.",
			Get: func(r recipe.Recipe) string { return strconv.FormatFloat(float64(r.Train.Full().Rate), 'g', -1, 32) },
			Set: func(r *recipe.Recipe, text string) error {
				x, err := strconv.ParseFloat(text, 32)
				if err != nil || !(x > 0 && x <= 10) {
					return errors.New("a number above 0, to 10; 0.0001 is usual")
				}
				r.Train.Rate = float32(x)
				return nil
			},
		},
		count("train-batch", "Batch", "Items a step.", 1, 4096, func(r *recipe.Recipe) *int { return &r.Train.Batch }),
		count("train-items", "Items", "Used to calibrate and to train; evaluation items are never used.", 1, 100000, func(r *recipe.Recipe) *int { return &r.Data.Calibration }),
	}
}

// What a network is trained towards, as the choice has it.
const (
	towardsFloat  = "float network's answers"
	towardsLabels = "labels"
	towardsBoth   = "both, half each"
)

// TrainingTarget is what a network is trained towards. Labels can only be chosen where there are some.
func TrainingTarget(labels bool) Choice {
	options := []string{towardsFloat}
	if labels {
		options = append(options, towardsLabels, towardsBoth)
	}
	return Choice{"train-target", "Towards", options,
		func(r recipe.Recipe) string {
			switch r.Train.Labels {
			case 0:
				return towardsFloat
			case 1:
				return towardsLabels
			}
			return towardsBoth
		},
		func(r *recipe.Recipe, v string) {
			r.Train.Labels = map[string]float32{towardsLabels: 1, towardsBoth: 0.5}[v]
		}}
}
