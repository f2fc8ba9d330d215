package store

import (
	"encoding/json"

	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/site/form"
)

// Initial is the state of a fresh page.
func Initial() State {
	return State{Place: AtModel, Recipe: form.Configs()[0].Recipe, Lesson: begin()}
}

// ChooseConfig takes the quantizers of a named configuration and keeps preprocessing and data settings.
type ChooseConfig struct{ Name string }

func (a ChooseConfig) apply(s State) (State, []Effect) {
	if r, err := recipe.Preset(a.Name); err == nil {
		r.Preprocess, r.Data = s.Recipe.Preprocess, s.Recipe.Data
		r.Overrides = append(r.Overrides, carried(s.Recipe, r)...)
		s.Recipe = r
	}
	return s, nil
}

// ChoosePreprocess takes a named preprocessing.
type ChoosePreprocess struct{ Name string }

func (a ChoosePreprocess) apply(s State) (State, []Effect) {
	for _, p := range recipe.Families() {
		if p.Name == a.Name {
			s.Recipe.Preprocess = p.Preprocess
			s.Edits = nil
		}
	}
	return s, nil
}

// SaveRecipe downloads the recipe as the document that the command line takes.
type SaveRecipe struct{}

func (SaveRecipe) apply(s State) (State, []Effect) {
	r := s.Recipe
	if s.Result != nil {
		r = s.Result.Recipe
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		s.Problem = &Problem{What: "The recipe cannot be written.", Why: err.Error(), Next: "Reset it to a preset."}
		return s, nil
	}
	return s, []Effect{Save{Name: "recipe.json", Type: "application/json", Text: string(text) + "\n"}}
}

// Split counts what calibrates and what is evaluated with the present data and recipe.
func (s State) Split() (calibration, evaluation int) {
	if s.Data == nil {
		return 0, 0
	}
	return s.Recipe.Data.Counts(s.Data.Summary.Items)
}
