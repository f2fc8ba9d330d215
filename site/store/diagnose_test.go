package store

import (
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// examinable is a page with a result, whose core rests.
func examinable(t *testing.T) State {
	t.Helper()
	r, err := recipe.Preset("config2")
	if err != nil {
		t.Fatal(err)
	}
	s := Initial()
	s.Place, s.Recipe = AtInspect, r
	s.Model, s.Data = &Model{}, &Data{Summary: inspect.Data{Items: 100}}
	s.Result = &Result{Run: 7, Recipe: r, Model: s.Model, Data: s.Data}
	s.held.model, s.held.data, s.held.run = true, true, 7
	return s
}

func TestDiagnosisIsTold(t *testing.T) {
	s, effects := Diagnose{}.apply(examinable(t))
	if len(s.Jobs) != 1 || len(effects) != 2 || effects[1] != (Reveal{"diagnosis-title"}) || s.Diagnosed() == nil || s.Unexamined() == "" {
		t.Fatalf("jobs %v, effects %v", s.Jobs, effects)
	}
	asked, err := protocol.Diagnose.Asked(effects[0].(Post).Message)
	if err != nil || asked.Run != 7 || !sameRecipe(asked.Recipe, s.Result.Recipe) {
		t.Errorf("asked %+v (%v)", asked, err)
	}
	job := s.Jobs[0].ID
	part := protocol.Diagnosis{Diagnosis: inspect.Diagnosis{Sentence: "The first layer."}}
	s, _ = Diagnosed{Job: job, Diagnosis: part}.apply(s)
	if s.Diagnosed().Sentence != "The first layer." || !s.Examined() {
		t.Errorf("after a part: %+v, examined %t", s.Diagnosed(), s.Examined())
	}
	part.Done = true
	s, _ = Diagnosed{Job: job, Diagnosis: part}.apply(s)
	if s.Examined() || !s.Diagnosed().Done || s.Unexamined() != "" {
		t.Errorf("after the end: %+v", s.Diagnosed())
	}
	other := *s.Result
	s.Result = &other
	if s.Diagnosed() != nil {
		t.Error("another result has this one's diagnosis")
	}
}

func TestFixIsAppliedAndTakenBack(t *testing.T) {
	s := examinable(t)
	s, _ = Diagnose{}.apply(s)
	fixed := s.Recipe
	fixed.Weight.Scheme.PerChannel = true
	var asked []Effect
	page := New(s, func(e Effect) { asked = append(asked, e) }, func() {})
	page.Dispatch(ApplyFix{Fix: inspect.Fix{Recipe: fixed}})
	s = page.State()
	if _, stopped := asked[0].(Restart); !stopped || !sameRecipe(s.Recipe, fixed) || !s.has(protocol.Run.Kind) || s.Examined() {
		t.Errorf("effects %v, jobs %v", asked, s.Jobs)
	}
	page.Dispatch(Undo{})
	if sameRecipe(page.State().Recipe, fixed) {
		t.Error("the fix cannot be taken back")
	}
}

func TestImprovementRunsOnlyIfBetter(t *testing.T) {
	s, _ := Improve{}.apply(examinable(t))
	job := s.Jobs[0].ID
	better := s.Recipe
	better.Refine.Equalize = true
	so := protocol.Improvement{Steps: []inspect.Step{{Taken: true}}, Items: 32}
	s, effects := Improved{Job: job, Improvement: so}.apply(s)
	if s.Busy() || len(effects) > 0 || !s.Examined() || len(s.Improved().Taken()) != 1 || sameRecipe(s.Recipe, better) {
		t.Errorf("after a step: %+v, jobs %v", s.Improved(), s.Jobs)
	}
	if cancelled, _ := (Cancel{}).apply(s); cancelled.Improved() != nil {
		t.Error("a search that was cancelled is shown as finished")
	}
	found := protocol.Improvement{Recipe: better, Steps: []inspect.Step{{Taken: true}, {}}, Done: true}
	after, _ := Improved{Job: job, Improvement: found}.apply(s)
	if !sameRecipe(after.Recipe, better) || !after.Busy() || len(after.Improved().Taken()) != 1 {
		t.Errorf("%+v, jobs %v", after.Improved(), after.Jobs)
	}
	found = protocol.Improvement{Recipe: s.Recipe, Steps: []inspect.Step{{}}, Done: true}
	after, effects = Improved{Job: job, Improvement: found}.apply(s)
	if after.Busy() || len(effects) > 0 || len(after.Improved().Taken()) != 0 {
		t.Errorf("nothing helped, and it runs: %v", after.Jobs)
	}
}

func TestSearchStartsFromTheDiagnosis(t *testing.T) {
	s := examinable(t)
	asked := func() protocol.ImproveRequest {
		t.Helper()
		_, effects := Improve{}.apply(s)
		q, err := protocol.Improve.Asked(effects[0].(Post).Message)
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	if q := asked(); len(q.Steps) != 0 || !sameRecipe(q.Recipe, s.Result.Recipe) {
		t.Errorf("without a diagnosis it starts from %+v", q)
	}
	wide, corrected, fixed := s.Result.Recipe, s.Result.Recipe, s.Result.Recipe
	wide.Overrides = []recipe.Override{{Name: "conv", Float: true}}
	corrected.Refine = recipe.Refine{Equalize: true, Biases: recipe.Empirical}
	fixed.Refine.Equalize = true
	s.Diagnosis = Diagnosis{of: s.Result, Diagnosis: inspect.Diagnosis{Fixes: []inspect.Fix{
		{Title: "wide", Recipe: wide, Gain: 1, GainSQNR: 9}, {Title: "corrected", Recipe: corrected, Gain: 1, GainSQNR: 9},
		{Title: "worse", Recipe: fixed, Gain: -.1, GainSQNR: -1}, {Title: "fixed", Recipe: fixed, Gain: 1, GainSQNR: 8},
	}}}
	if q := asked(); len(q.Steps) != 1 || q.Steps[0].Title != "fixed, by the diagnosis" || !q.Steps[0].Taken || !sameRecipe(q.Recipe, fixed) {
		t.Errorf("it starts from %+v", q)
	}
	other := *s.Result
	if s.Result = &other; len(asked().Steps) != 0 {
		t.Error("it starts from the diagnosis of another result")
	}
}

func TestTheBestSoFarIsTaken(t *testing.T) {
	s, _ := Improve{}.apply(examinable(t))
	job, better := s.Jobs[0].ID, s.Recipe
	better.Refine.Equalize = true
	if none, effects := (TakeBest{}).apply(s); len(effects) > 0 || !none.Examined() {
		t.Error("nothing was found yet, and it is taken")
	}
	s, _ = Improved{Job: job, Improvement: protocol.Improvement{Recipe: better, Steps: []inspect.Step{{Taken: true}, {}}}}.apply(s)
	s, effects := TakeBest{}.apply(s)
	if _, restarted := effects[0].(Restart); !restarted || !s.has(protocol.Run.Kind) || s.Examined() || !sameRecipe(s.Recipe, better) {
		t.Errorf("effects %v, jobs %v", effects, s.Jobs)
	}
	if last := effects[len(effects)-1]; last != (Reveal{"diagnosis-title"}) {
		t.Errorf("the button that was pressed is gone, and the focus with it: %v", last)
	}
	if i := s.Improved(); i == nil || !i.Stopped || len(i.Taken()) != 1 {
		t.Errorf("what was tried is not shown any more: %+v", i)
	}
}

func TestRecommendedStartsFromWhatIsChosen(t *testing.T) {
	s := examinable(t)
	s.Place, s.Learn, s.Result = AtQuantize, true, nil
	s.Recipe.Weight.Scheme.Bits = 4
	s, effects := Improve{}.apply(s)
	asked, err := protocol.Improve.Asked(effects[len(effects)-2].(Post).Message) // the last brings its steps into view
	if err != nil || asked.Recipe.Weight.Scheme.Bits != 4 || asked.Learn.Method == "" {
		t.Fatalf("asked %+v (%v)", asked, err)
	}
	s, _ = Improved{Job: s.Jobs[0].ID, Improvement: protocol.Improvement{Recipe: s.Recipe, Done: true}}.apply(s)
	if !s.Busy() {
		t.Error("there was no result, and what is best is not run")
	}
	s = examinable(t)
	s.Place, s.Data = AtQuantize, nil
	if s, _ = (Improve{}).apply(s); len(s.Jobs) > 0 {
		t.Error("it looks for a recipe without data")
	}
}
