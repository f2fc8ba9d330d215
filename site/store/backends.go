package store

import (
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/site/form"
	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Backends is what the presets of all backends would change of the recipe.
type Backends struct {
	Changes []Change
	Shown   string // the backend whose tensors are listed

	recipe recipe.Recipe
	model  *Model
	data   *Data
}

// Change is what one backend would change.
type Change struct{ report.Change }

// CompareBackends calibrates the network with the preset of every backend.
type CompareBackends struct{}

func (CompareBackends) apply(s State) (State, []Effect) {
	if s.Obstacle() != "" {
		return s, nil
	}
	recipes := []recipe.Recipe{s.Recipe}
	for _, c := range form.Configs() {
		if c.Backend {
			there, _ := ChooseConfig{Name: c.Recipe.Name}.apply(s)
			recipes = append(recipes, there.Recipe)
		}
	}
	s, effects := request(s, protocol.Compare, protocol.CompareRequest{Recipes: recipes}, Job{Recipe: s.Recipe})
	return s, append(effects, Reveal{"backends-title"})
}

// Compared is the answer.
type Compared struct {
	Job        int
	Comparison protocol.Comparison
}

func (a Compared) apply(s State) (State, []Effect) {
	s, j, known := finish(s, a.Job)
	if !known || len(a.Comparison.Calibrations) == 0 {
		return s, nil
	}
	b := Backends{recipe: j.Recipe, model: s.Model, data: s.Data}
	for _, c := range a.Comparison.Calibrations[1:] {
		b.Changes = append(b.Changes, Change{a.Comparison.Calibrations[0].Change(c)})
	}
	s.Backends = b
	s.Said = "Compared " + phrase.Plural(len(b.Changes), "backend", "backends") + "."
	return s, nil
}

// Outdated tells whether the model, the data or the recipe changed since the backends were compared.
func (s State) Outdated() bool {
	b := s.Backends
	return len(b.Changes) > 0 && (b.model != s.Model || b.data != s.Data || !sameRecipe(b.recipe, s.Recipe))
}

// ShowBackend lists the tensors of a backend, or hides them again.
type ShowBackend struct{ Name string }

func (a ShowBackend) apply(s State) (State, []Effect) {
	if s.Backends.Shown == a.Name {
		a.Name = ""
	}
	s.Backends.Shown = a.Name
	return s, nil
}

// Table lists a backend's tensors beside the recipe's.
func (c Change) Table() plot.Table {
	t := plot.Table{Head: []string{"tensor", "range now", "range there", "zero point now", "zero point there"}}
	for _, p := range c.Tensors {
		t.Rows = append(t.Rows, []string{p.Name, reach(p.Now), reach(p.There), zero(p.Now), zero(p.There)})
	}
	return t
}

func reach(t *report.Tensor) string {
	if t == nil {
		return "float"
	}
	out := phrase.Float(t.Low) + " … " + phrase.Float(t.High)
	if t.Scales > 1 {
		out += ", " + phrase.Count(int64(t.Scales)) + " scales"
	}
	return out
}

func zero(t *report.Tensor) string {
	switch {
	case t == nil:
		return "–"
	case t.ZeroLow == t.ZeroHigh:
		return phrase.Count(int64(t.ZeroLow))
	}
	return phrase.Count(int64(t.ZeroLow)) + " … " + phrase.Count(int64(t.ZeroHigh))
}
