package form

import (
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/recipe"
)

// TestTrainingFurther sets every option of a training once: each is a recipe's own, and says what it is.
func TestTrainingFurther(t *testing.T) {
	choices, fields, toggles := TrainingFurther()
	r, err := recipe.Preset("config1")
	if err != nil {
		t.Fatal(err)
	}
	r.Train.Epochs = 1
	var before []recipe.Training
	changed := func(what FieldID) {
		t.Helper()
		if err := r.Validate(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if slices.Contains(before, r.Train) {
			t.Errorf("%s changes nothing", what)
		}
		before = append(before, r.Train)
	}
	changed("nothing")
	for _, c := range choices {
		last := c.Options[len(c.Options)-1]
		c.Set(&r, last)
		if changed(c.ID); c.Get(r) != last {
			t.Errorf("%s is %s", c.ID, c.Get(r))
		}
	}
	for _, f := range fields {
		value := "0.5"
		if f.ID == "train-shift" {
			value = "4"
		}
		if err := f.Set(&r, value); err != nil || f.Get(r) != value {
			t.Errorf("%s: %v, %s", f.ID, err, f.Get(r))
		}
		changed(f.ID)
		for _, wrong := range []string{"", "-1", "many", "1e9"} {
			if f.Set(&r, wrong) == nil {
				t.Errorf("%s takes %q", f.ID, wrong)
			}
		}
	}
	for _, g := range toggles {
		g.Set(&r, true)
		if changed(g.ID); !g.Get(r) {
			t.Errorf("%s stays off", g.ID)
		}
	}
}
