package store

import (
	"encoding/json"
	"slices"

	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Initial is the state of a fresh page.
func Initial() State {
	return State{Place: AtModel, Recipe: Configs()[0].Recipe}
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

// PreprocessName is the preset that the recipe's preprocessing equals, "custom" if none.
func PreprocessName(r recipe.Recipe) string {
	for _, p := range recipe.Families() {
		if samePreprocess(p.Preprocess, r.Preprocess) {
			return p.Name
		}
	}
	return "custom"
}

// fit proposes a preset for the network's input if what is chosen cannot feed it: a preset with the
// input's size and channels.
func fit(chosen recipe.Preprocess, m protocol.Model) recipe.Preprocess {
	if len(m.Inputs) == 0 || len(m.Inputs[0].Shape) != 4 || feeds(chosen, m.Inputs[0].Shape) {
		return chosen
	}
	for _, p := range recipe.Families() {
		if feeds(p.Preprocess, m.Inputs[0].Shape) {
			return p.Preprocess
		}
	}
	return chosen
}

// offset proposes 1 for networks of 1001 answers, which are ImageNet's 1000 after one for the
// background, and 0 again for those of 1000.
func offset(chosen int, m protocol.Model) int {
	if len(m.Outputs) != 1 || len(m.Outputs[0].Shape) == 0 {
		return chosen
	}
	if n := m.Outputs[0].Shape[len(m.Outputs[0].Shape)-1]; n == 1000 || n == 1001 {
		return recipe.ClassOffset(n)
	}
	return chosen
}

// feeds tells whether the preprocessing makes a tensor of the shape N×C×H×W or, channels last, N×H×W×C.
func feeds(p recipe.Preprocess, shape []int) bool {
	c, h, w := shape[1], shape[2], shape[3]
	if p.Layout == "nhwc" {
		h, w, c = shape[1], shape[2], shape[3]
	}
	channels := 3
	if p.Channels == "gray" {
		channels = 1
	}
	return channels == c && (p.Height == h || p.Height == 0) && (p.Width == w || p.Width == 0)
}

func samePreprocess(a, b recipe.Preprocess) bool {
	return a.Resize == b.Resize && a.Width == b.Width && a.Height == b.Height && a.Channels == b.Channels &&
		a.Layout == b.Layout && a.Scale == b.Scale && slices.Equal(a.Mean, b.Mean) && slices.Equal(a.Std, b.Std)
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
	items, d := s.Data.Summary.Items, s.Recipe.Data
	calibration = min(d.Calibration, items)
	evaluation = items - calibration
	if d.Overlap {
		evaluation = items
	}
	if d.Evaluation > 0 {
		evaluation = min(evaluation, d.Evaluation)
	}
	return calibration, evaluation
}
