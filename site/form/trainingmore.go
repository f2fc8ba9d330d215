package form

import (
	"fmt"
	"strconv"

	"github.com/quantscope/quantscope/quant/recipe"
)

// TrainingFurther are the settings of a training that most need not touch: how the rate goes on, what regularizes, and
// how images are varied.
func TrainingFurther() ([]Choice, []Field, []Toggle) {
	toggle := func(id FieldID, label, help string, at func(*recipe.Training) *bool) Toggle {
		return Toggle{id, label, help,
			func(r recipe.Recipe) bool { return *at(&r.Train) },
			func(r *recipe.Recipe, on bool) { *at(&r.Train) = on }}
	}
	choices := []Choice{
		{"train-optimizer", "Optimizer", recipe.Optimizers(),
			func(r recipe.Recipe) string { return r.Train.Full().Optimizer },
			func(r *recipe.Recipe, v string) { r.Train.Optimizer = v }},
		{"train-schedule", "Schedule", recipe.Schedules(),
			func(r recipe.Recipe) string { return r.Train.Full().Schedule },
			func(r *recipe.Recipe, v string) { r.Train.Schedule = v }},
	}
	fields := []Field{
		ratio("train-warmup", "Warm-up", "Fraction of the steps spent on linear warm-up, 0 to 1.", 1, func(t *recipe.Training) *float32 { return &t.WarmUp }),
		ratio("train-decay", "Weight decay", "0 for none.", 10, func(t *recipe.Training) *float32 { return &t.WeightDecay }),
		ratio("train-average", "Average", "EMA decay of the parameters; the average becomes the result. 0.99 is usual, 0 turns it off.", 0.9999, func(t *recipe.Training) *float32 { return &t.Average }),
		ratio("train-clip", "Gradient clip", "Gradients are scaled down to this global L2 norm; 0 turns clipping off.", 1e6, func(t *recipe.Training) *float32 { return &t.Clip }),
		ratio("train-smoothing", "Label smoothing", "Share of each label that is spread over all classes.", 1, func(t *recipe.Training) *float32 { return &t.Smoothing }),
		count("train-shift", "Shift", "Maximum shift in pixels; each image shifts by a new random amount every epoch.", 0, 64, func(r *recipe.Recipe) *int { return &r.Train.Shift }),
	}
	return choices, fields, []Toggle{
		toggle("train-flip", "Flip", "Flips each image left to right in half of the epochs.", func(t *recipe.Training) *bool { return &t.Flip }),
		toggle("train-decay-only", "Decay weights only", "Biases, normalization parameters, scales and zero points get no weight decay.", func(t *recipe.Training) *bool { return &t.DecayOnly }),
		toggle("train-statistics", "Statistics of each batch", "Batch normalization uses the statistics of each batch; off: the running ones, unchanged.", func(t *recipe.Training) *bool { return &t.Statistics }),
	}
}

// ratio is a number from 0 to most.
func ratio(id FieldID, label, help string, most float32, at func(*recipe.Training) *float32) Field {
	return Field{
		ID: id, Label: label, Help: help,
		Get: func(r recipe.Recipe) string { return strconv.FormatFloat(float64(*at(&r.Train)), 'g', -1, 32) },
		Set: func(r *recipe.Recipe, text string) error {
			x, err := strconv.ParseFloat(text, 32)
			if err != nil || !(x >= 0 && float32(x) <= most) {
				return fmt.Errorf("a number from 0 to %v", most)
			}
			*at(&r.Train) = float32(x)
			return nil
		},
	}
}
