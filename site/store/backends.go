package store

import (
	"slices"

	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
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
type Change struct {
	Name       string
	Problem    string // why it cannot be for this network; then nothing else is known
	Quantizers int
	Float      []string // layers that it leaves in float
	Added      int      // tensors that only the backend quantizes
	Dropped    int      // tensors that only the recipe quantizes
	Ranges     int      // tensors in both with another range or number of scales
	Zeros      int      // tensors in both with another zero point
	Tensors    []Pair
}

// Pair is a tensor as the recipe quantizes it and as the backend does; nil where it does not.
type Pair struct {
	Name       string
	Now, There *report.Tensor
}

// Ranged tells whether both quantize the tensor and its range, or the number of its scales, changes.
func (p Pair) Ranged() bool {
	return p.Now != nil && p.There != nil && (p.Now.Low != p.There.Low || p.Now.High != p.There.High || p.Now.Scales != p.There.Scales)
}

// Zeroed tells whether both quantize the tensor and its zero point changes.
func (p Pair) Zeroed() bool {
	return p.Now != nil && p.There != nil && (p.Now.ZeroLow != p.There.ZeroLow || p.Now.ZeroHigh != p.There.ZeroHigh)
}

// CompareBackends calibrates the network with the preset of every backend.
type CompareBackends struct{}

func (CompareBackends) apply(s State) (State, []Effect) {
	if s.Obstacle() != "" || s.has(protocol.Compare) {
		return s, nil
	}
	s.Problem = nil
	s, effects := refill(s)
	recipes := []recipe.Recipe{s.Recipe}
	for _, c := range Configs() {
		if c.Backend {
			there, _ := ChooseConfig{Name: c.Recipe.Name}.apply(s)
			recipes = append(recipes, there.Recipe)
		}
	}
	s, e := enqueue(s, Job{Kind: protocol.Compare, Recipe: s.Recipe}, protocol.CompareBody{Recipes: recipes})
	return s, append(effects, e...)
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
		b.Changes = append(b.Changes, change(a.Comparison.Calibrations[0], c))
	}
	s.Backends = b
	s.Said = "Compared " + plot.Plural(len(b.Changes), "backend", "backends") + "."
	return s, nil
}

// change compares a backend with the recipe. Tensors come in the backend's order, those that only the
// recipe quantizes last.
func change(now, there report.Calibration) Change {
	c := Change{Name: there.Recipe, Problem: there.Problem, Quantizers: len(there.Tensors), Float: there.Float}
	if there.Problem != "" {
		return c
	}
	find := func(list []report.Tensor, name string) *report.Tensor {
		if i := slices.IndexFunc(list, func(t report.Tensor) bool { return t.Name == name }); i >= 0 {
			return &list[i]
		}
		return nil
	}
	for i, t := range there.Tensors {
		c.Tensors = append(c.Tensors, Pair{t.Name, find(now.Tensors, t.Name), &there.Tensors[i]})
	}
	for i, t := range now.Tensors {
		if find(there.Tensors, t.Name) == nil {
			c.Tensors = append(c.Tensors, Pair{t.Name, &now.Tensors[i], nil})
		}
	}
	for _, p := range c.Tensors {
		switch {
		case p.Now == nil:
			c.Added++
		case p.There == nil:
			c.Dropped++
		}
		if p.Ranged() {
			c.Ranges++
		}
		if p.Zeroed() {
			c.Zeros++
		}
	}
	return c
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
	out := plot.Float(t.Low) + " … " + plot.Float(t.High)
	if t.Scales > 1 {
		out += ", " + plot.Count(int64(t.Scales)) + " scales"
	}
	return out
}

func zero(t *report.Tensor) string {
	switch {
	case t == nil:
		return "–"
	case t.ZeroLow == t.ZeroHigh:
		return plot.Count(int64(t.ZeroLow))
	}
	return plot.Count(int64(t.ZeroLow)) + " … " + plot.Count(int64(t.ZeroHigh))
}
