package store

import (
	"slices"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Diagnosis is what is known of why a result is worse than the float network.
type Diagnosis struct {
	inspect.Diagnosis
	Done bool

	of *Result
}

// Improvement is what was tried to make a recipe better, step by step. Its steps are empty at first, and where there
// was nothing to try.
type Improvement struct {
	protocol.Improvement
	Stopped bool // by the user, who took the best so far

	model *Model
	data  *Data
}

// Taken are the steps that made the recipe better.
func (i Improvement) Taken() []inspect.Step {
	return slices.DeleteFunc(slices.Clone(i.Steps), func(s inspect.Step) bool { return !s.Taken })
}

// Diagnosed is the diagnosis of the result that is shown, nil if there is none.
func (s State) Diagnosed() *Diagnosis {
	if s.Diagnosis.of == nil || s.Diagnosis.of != s.Result {
		return nil
	}
	return &s.Diagnosis
}

// Improved is what was tried on the model and the data that are open, nil if nothing was.
func (s State) Improved() *Improvement {
	if i := s.Improvement; i.model != nil && i.model == s.Model && i.data == s.Data && (i.Done || s.has(protocol.Improve.Kind)) {
		return &i
	}
	return nil
}

// Examined tells whether the core diagnoses, or looks for a better recipe, now.
func (s State) Examined() bool { return s.has(protocol.Diagnose.Kind) || s.has(protocol.Improve.Kind) }

// Unexamined tells in a sentence why nothing can be found out about the result now; empty if it can.
func (s State) Unexamined() string {
	switch {
	case s.Result == nil:
		return "Quantize first."
	case s.Elsewhere():
		return "The model or the data of this result is not open any more."
	case len(s.Jobs) > 0:
		return "The engine is at work: wait for it, or cancel."
	}
	return ""
}

// Diagnose asks why the result is worse than the float network.
type Diagnose struct{}

func (Diagnose) apply(s State) (State, []Effect) {
	if s.Unexamined() != "" {
		return s, nil
	}
	s.Diagnosis = Diagnosis{of: s.Result}
	s, effects := request(s, protocol.Diagnose, protocol.DiagnoseRequest{Run: s.Result.Run, Recipe: s.Result.Recipe}, Job{})
	return s, append(effects, Reveal{"diagnosis-title"})
}

// Diagnosed is what the core knows so far.
type Diagnosed struct {
	Job       int
	Diagnosis protocol.Diagnosis
}

func (a Diagnosed) apply(s State) (State, []Effect) {
	if !slices.ContainsFunc(s.Jobs, func(j Job) bool { return j.ID == a.Job }) {
		return s, nil
	}
	s.Diagnosis.Diagnosis, s.Diagnosis.Done = a.Diagnosis.Diagnosis, a.Diagnosis.Done
	if a.Diagnosis.Done {
		s, _, _ = finish(s, a.Job)
		s.Said = "Diagnosed. " + a.Diagnosis.Sentence
	}
	return s, nil
}

// ApplyFix takes the recipe of a fix and runs with it.
type ApplyFix struct{ Fix inspect.Fix }

func (a ApplyFix) apply(s State) (State, []Effect) {
	if s.Elsewhere() {
		return s, nil
	}
	var effects []Effect
	if len(s.Jobs) > 0 {
		s, effects = stop(s)
	}
	s.Recipe, s.Edits = a.Fix.Recipe, nil
	s, e := start(s)
	return s, append(effects, e...)
}

// LearnToo says whether a better recipe is looked for among learned roundings too.
type LearnToo struct{ On bool }

func (a LearnToo) apply(s State) (State, []Effect) {
	s.Learn = a.On
	return s, nil
}

// Improve looks for a better recipe than the result's, or in the Quantize place than the present one, and runs with it.
type Improve struct{}

// Unimproved tells in a sentence why no better recipe can be looked for now; empty if it can.
func (s State) Unimproved() string {
	if s.Place != AtQuantize {
		return s.Unexamined()
	}
	if why := s.Obstacle(); why != "" || len(s.Jobs) == 0 {
		return why
	}
	return "The engine is at work: wait for it, or cancel."
}

func (Improve) apply(s State) (State, []Effect) {
	if s.Unimproved() != "" {
		return s, nil
	}
	q := protocol.ImproveRequest{Recipe: s.Recipe}
	if s.Place != AtQuantize {
		q.Recipe, q.Steps = s.mended()
	}
	if s.Learn {
		q.Learn.Method = recipe.BRECQ
	}
	s.Improvement = Improvement{model: s.Model, data: s.Data}
	s, effects := request(s, protocol.Improve, q, Job{})
	return s, append(effects, s.revealSteps()...)
}

// mended is the result's recipe with the best of the fixes that were tried on it, and that fix as a step. Fixes of single layers
// and biases come after all else.
func (s State) mended() (recipe.Recipe, []inspect.Step) {
	r := s.Result.Recipe
	if d := s.Diagnosed(); d != nil {
		for _, f := range d.Fixes {
			if len(f.Recipe.Overrides) == len(r.Overrides) && f.Recipe.Refine.Biases == r.Refine.Biases && f.Gain >= 0 && f.GainSQNR > 0 {
				r, f.Title = f.Recipe, f.Title+", by the diagnosis"
				return r, []inspect.Step{{Fix: f, Taken: true}}
			}
		}
	}
	return r, nil
}

// revealSteps brings what a search tries into view, with the button that ends it, where the place shows it.
func (s State) revealSteps() []Effect {
	switch s.Place {
	case AtInspect:
		return []Effect{Reveal{"diagnosis-title"}}
	case AtQuantize:
		return []Effect{Reveal{"recommended-title"}}
	}
	return nil
}

// Stoppable tells whether a search is under way that has found something already.
func (s State) Stoppable() bool {
	i := s.Improved()
	return i != nil && !i.Done && len(i.Taken()) > 0
}

// TakeBest ends the search for a better recipe and runs with the best so far.
type TakeBest struct{}

func (TakeBest) apply(s State) (State, []Effect) {
	if !s.Stoppable() {
		return s, nil
	}
	i := s.Improved()
	s, effects := stop(s)
	s.Improvement.Done, s.Improvement.Stopped = true, true
	s.Recipe, s.Edits = i.Recipe, nil
	s, e := start(s)
	return s, slices.Concat(effects, e, s.revealSteps())
}

// Improved is what was tried so far, and once it is done the recipe that was found.
type Improved struct {
	Job         int
	Improvement protocol.Improvement
}

func (a Improved) apply(s State) (State, []Effect) {
	if !slices.ContainsFunc(s.Jobs, func(j Job) bool { return j.ID == a.Job }) {
		return s, nil
	}
	s.Improvement = Improvement{Improvement: a.Improvement, model: s.Model, data: s.Data}
	if !a.Improvement.Done {
		return s, nil
	}
	s, _, _ = finish(s, a.Job)
	taken := s.Improvement.Taken()
	if len(taken) == 0 && s.Result != nil && !s.Elsewhere() && sameRecipe(s.Result.Recipe, a.Improvement.Recipe) {
		s.Said = "Nothing that was tried improved it. The recipe is unchanged."
		return s, nil
	}
	s.Recipe, s.Edits = a.Improvement.Recipe, nil
	s.Said = phrase.Plural(len(taken), "step", "steps") + " made the recipe better."
	return start(s)
}
