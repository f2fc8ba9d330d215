package recipe_test

import (
	"math"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/recipe"
)

// TestRate: the rate climbs in the warm-up, begins the schedule at its full size and follows it.
func TestRate(t *testing.T) {
	for _, c := range []struct {
		t    recipe.Training
		want []float64 // of 8 steps
	}{
		{recipe.Training{Rate: 1, Schedule: recipe.Constant}, []float64{1, 1, 1, 1, 1, 1, 1, 1}},
		{recipe.Training{Rate: 1, Schedule: recipe.Step}, []float64{1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01}},
		{recipe.Training{Rate: 1, Schedule: recipe.Linear}, []float64{1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125}},
		{recipe.Training{Rate: 1, Schedule: recipe.Linear, WarmUp: 0.5}, []float64{0.2, 0.4, 0.6, 0.8, 1, 0.75, 0.5, 0.25}},
		{recipe.Training{Rate: 2, Schedule: recipe.Constant, WarmUp: 0.25}, []float64{2. / 3, 4. / 3, 2, 2, 2, 2, 2, 2}},
		{recipe.Training{Rate: 1, WarmUp: 0.5}, []float64{0.2, 0.4, 0.6, 0.8, 1, 0.5 + math.Sqrt2/4, 0.5, 0.5 - math.Sqrt2/4}},
		{recipe.Training{Rate: 1, Schedule: recipe.Constant, WarmUp: 1}, []float64{1. / 9, 2. / 9, 3. / 9, 4. / 9, 5. / 9, 6. / 9, 7. / 9, 8. / 9}},
	} {
		for k, want := range c.want {
			if got := float64(c.t.At(k, len(c.want))); math.Abs(got-want) > 1e-6 {
				t.Errorf("%+v step %d: %v, want %v", c.t, k, got, want)
			}
		}
	}
}

// TestTrainingRefused: settings that cannot be are named.
func TestTrainingRefused(t *testing.T) {
	for want, set := range map[string]func(*recipe.Training){
		"train.warmUp":    func(t *recipe.Training) { t.WarmUp = 1.5 },
		"train.clip":      func(t *recipe.Training) { t.Clip = -1 },
		"train.average":   func(t *recipe.Training) { t.Average = 1 },
		"train.shift":     func(t *recipe.Training) { t.Shift = -1 },
		"train.smoothing": func(t *recipe.Training) { t.Smoothing = float32(math.NaN()) },
		"train.schedule":  func(t *recipe.Training) { t.Schedule = "stairs" },
	} {
		r, err := recipe.Preset("config1")
		if err != nil {
			t.Fatal(err)
		}
		r.Train.Epochs = 1
		set(&r.Train)
		if err := r.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
