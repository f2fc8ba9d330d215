package store

import (
	"reflect"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/recipe"
)

const (
	maxPast = 100 // recipes that Undo goes back to
	maxRuns = 30  // results that are kept
)

// Step is a change of the recipe that can be taken back, or made again.
type Step struct {
	Recipe recipe.Recipe // to go to
	What   string        // was changed, in a few words
}

// Undo takes back the last change of the recipe. If that recipe has been run, its result is shown.
type Undo struct{}

func (Undo) apply(s State) (State, []Effect) {
	s, effects, what := s.travel(true)
	if what != "" {
		s.Said = "Undone: " + what + "."
	}
	return s, effects
}

// Redo makes the change again that was taken back last.
type Redo struct{}

func (Redo) apply(s State) (State, []Effect) {
	s, effects, what := s.travel(false)
	if what != "" {
		s.Said = "Redone: " + what + "."
	}
	return s, effects
}

// travel goes a step back or forth. What it goes back by, it can go forth by again.
func (s State) travel(back bool) (State, []Effect, string) {
	from, to := &s.Past, &s.Future
	if !back {
		from, to = to, from
	}
	if len(*from) == 0 {
		return s, nil, ""
	}
	last := len(*from) - 1
	step := (*from)[last]
	*to = append(slices.Clone(*to), Step{s.Recipe, step.What})
	*from = (*from)[:last:last]
	var effects []Effect
	if s.Busy() {
		s, effects = stop(s)
	}
	s.Recipe, s.Edits = step.Recipe, nil
	for i, r := range s.Runs {
		if r.Model == s.Model && r.Data == s.Data && sameRecipe(r.Recipe, s.Recipe) {
			s = s.show(i)
		}
	}
	return s, effects, step.What
}

// remember keeps the recipe before a change. Taking a change back is none; neither is what comes with
// another model, which ends what can be taken back.
func (s State) remember(a Action, before recipe.Recipe) State {
	if sameRecipe(before, s.Recipe) {
		return s
	}
	switch a.(type) {
	case Undo, Redo:
		return s
	case Opened, Sample, Recalled, Arrived:
		s.Past, s.Future = nil, nil
		return s
	}
	what := strings.Join(phrase.Between(before, s.Recipe), ", ")
	s.Past, s.Future = append(slices.Clone(s.Past), Step{before, what}), nil
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

// with adds a result to the runs of its model and data. The same recipe run again takes the place of
// its earlier run.
func (s State) with(r *Result) []*Result {
	runs := slices.DeleteFunc(slices.Clone(s.Runs), func(old *Result) bool {
		return old.Model != r.Model || old.Data != r.Data || sameRecipe(old.Recipe, r.Recipe)
	})
	if len(runs) >= maxRuns {
		runs = runs[1:]
	}
	return append(runs, r)
}

func sameRecipe(a, b recipe.Recipe) bool { return reflect.DeepEqual(a, b) }
