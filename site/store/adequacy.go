package store

import (
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Adequacy is whether there are enough calibration items, and of what.
type Adequacy struct {
	inspect.Adequacy

	model  *Model
	data   *Data
	recipe recipe.Recipe
}

// Adequate is what was found of the present model, data and recipe, nil if nothing was.
func (s State) Adequate() *inspect.Adequacy {
	a := s.Adequacy
	if a.model == nil || a.model != s.Model || a.data != s.Data || !sameRecipe(a.recipe, s.Recipe) {
		return nil
	}
	return &a.Adequacy
}

// CheckCalibration asks whether there are enough calibration items.
type CheckCalibration struct{}

func (CheckCalibration) apply(s State) (State, []Effect) {
	if s.Obstacle() != "" || len(s.Jobs) > 0 {
		return s, nil
	}
	return request(s, protocol.Adequacy, protocol.AdequacyRequest{Recipe: s.Recipe}, Job{Recipe: s.Recipe})
}

// CalibrationChecked is the answer.
type CalibrationChecked struct {
	Job      int
	Adequacy inspect.Adequacy
}

func (a CalibrationChecked) apply(s State) (State, []Effect) {
	s, j, known := finish(s, a.Job)
	if !known {
		return s, nil
	}
	s.Adequacy = Adequacy{a.Adequacy, s.Model, s.Data, j.Recipe}
	s.Said = a.Adequacy.Sentence
	return s, nil
}
