package store

import (
	"reflect"
	"slices"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/recipe"
)

const (
	maxPast = 100 // recipes that Undo goes back to
	maxRuns = 30  // results that are kept
)

// Undo takes back the last change of the recipe. If that recipe has been run, its result is shown.
type Undo struct{}

func (Undo) apply(s State) (State, []Effect) {
	if len(s.Past) == 0 {
		return s, nil
	}
	var effects []Effect
	if s.Busy() {
		s, effects = stop(s)
	}
	last := len(s.Past) - 1
	s.Recipe, s.Past = s.Past[last], s.Past[:last:last]
	s.Edits = nil
	s.Said = "Undone."
	for i, r := range s.Runs {
		if r.Model == s.Model && r.Data == s.Data && sameRecipe(r.Recipe, s.Recipe) {
			s = s.show(i)
		}
	}
	return s, effects
}

// remember keeps the recipe before a change. Taking a change back is none; neither is what comes with
// another model, which ends what can be taken back.
func (s State) remember(a Action, before recipe.Recipe) State {
	if sameRecipe(before, s.Recipe) {
		return s
	}
	switch a.(type) {
	case Undo:
		return s
	case Opened, Sample:
		s.Past = nil
		return s
	}
	s.Past = append(slices.Clone(s.Past), before)
	if len(s.Past) > maxPast {
		s.Past = s.Past[1:]
	}
	return s
}

// Restore shows the result of an earlier run and takes its recipe.
type Restore struct{ Run int }

func (a Restore) apply(s State) (State, []Effect) {
	if a.Run >= len(s.Runs) {
		return s, nil
	}
	var effects []Effect
	if s.Busy() {
		s, effects = stop(s)
	}
	s = s.show(a.Run)
	s.Recipe, s.Edits = s.Result.Recipe, nil
	s.Said = "Restored. " + phrase.Headline(s.Result.Report)
	return s, effects
}

func (s State) show(run int) State {
	s.Result, s.Problem = s.Runs[run], nil
	s.Share = Share{}
	if _, _, ok := s.Selected(); !ok && len(s.Result.Report.Layers) > 0 {
		s.Layers.Selected = s.Result.Report.Layers[0].Name
	}
	return s
}

// keep adds a result to the runs of its model and data. The same recipe run again takes the place of
// its earlier run.
func (s State) keep(r *Result) []*Result {
	runs := slices.DeleteFunc(slices.Clone(s.Runs), func(old *Result) bool {
		return old.Model != r.Model || old.Data != r.Data || sameRecipe(old.Recipe, r.Recipe)
	})
	if len(runs) >= maxRuns {
		runs = runs[1:]
	}
	return append(runs, r)
}

func sameRecipe(a, b recipe.Recipe) bool { return reflect.DeepEqual(a, b) }
