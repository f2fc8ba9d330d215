package store

import (
	"reflect"
	"slices"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
)

// Overrides of the recipe: settings of single layers. An override that changes what a layer is calls for
// a new run, which starts at once where it can.

// KeepFloat leaves a layer in float, or quantizes it again as the recipe says.
type KeepFloat struct {
	Layer string
	On    bool
}

func (a KeepFloat) apply(s State) (State, []Effect) {
	own := recipe.Override{Name: a.Layer, Float: true}
	if !a.On {
		return s.override(remove(s.Recipe.Overrides, own))
	}
	return s.override(replace(s.Recipe.Overrides, own))
}

// LayerBits gives a layer's weight a width of its own; 0 is that of the recipe.
type LayerBits struct {
	Layer string
	Bits  int
}

func (a LayerBits) apply(s State) (State, []Effect) {
	own := recipe.Override{Name: a.Layer}
	if a.Bits == 0 {
		return s.override(remove(s.Recipe.Overrides, own))
	}
	return s.override(replace(s.Recipe.Overrides, withBits(own, s.Recipe, a.Bits)))
}

// Rule is an override as a user makes one: which layers, and what of them.
type Rule struct {
	By   string // name, pattern, op
	Text string
	Bits int // of the weights; 0 keeps the layers in float
}

// AddOverride adds a rule, or puts it in the place of that of the same layers. No run starts.
type AddOverride struct{ Rule Rule }

func (a AddOverride) apply(s State) (State, []Effect) {
	var o recipe.Override
	switch a.Rule.By {
	case "name":
		o.Name = a.Rule.Text
	case "op":
		o.Op = a.Rule.Text
	default:
		o.Pattern = a.Rule.Text
	}
	if a.Rule.Text == "" {
		return s, nil
	}
	if o.Float = a.Rule.Bits == 0; !o.Float {
		o = withBits(o, s.Recipe, a.Rule.Bits)
	}
	s.Recipe.Overrides = replace(s.Recipe.Overrides, o)
	return s, nil
}

// RemoveOverride takes one away.
type RemoveOverride struct{ Index int }

func (a RemoveOverride) apply(s State) (State, []Effect) {
	if a.Index < len(s.Recipe.Overrides) {
		s.Recipe.Overrides = remove(s.Recipe.Overrides, s.Recipe.Overrides[a.Index])
	}
	return s, nil
}

// override takes the overrides and runs with them, ending a run that is under way.
func (s State) override(all []recipe.Override) (State, []Effect) {
	s.Recipe.Overrides = all
	var effects []Effect
	if s.Busy() {
		s, effects = stop(s)
	}
	if s.Obstacle() != "" {
		return s, effects
	}
	s, e := start(s)
	return s, append(effects, e...)
}

func withBits(o recipe.Override, r recipe.Recipe, bits int) recipe.Override {
	weight := r.Weight
	weight.Scheme.Bits = bits
	o.Weight = &weight
	return o
}

// carried are a user's overrides of a recipe for another one: where only the width of the weights was a
// layer's own, the rest is as in the other recipe. What the presets have stays theirs.
func carried(from, to recipe.Recipe) []recipe.Override {
	preset, _ := recipe.Preset(from.Name)
	out := slices.DeleteFunc(slices.Clone(from.Overrides), func(o recipe.Override) bool {
		return slices.ContainsFunc(append(preset.Overrides, to.Overrides...), func(p recipe.Override) bool { return concerns(o, p) })
	})
	for i, o := range out {
		if o.Weight != nil && o.Activation == nil && reflect.DeepEqual(o, withBits(o, from, o.Weight.Scheme.Bits)) {
			out[i] = withBits(o, to, o.Weight.Scheme.Bits)
		}
	}
	return out
}

func concerns(a, b recipe.Override) bool {
	return a.Name == b.Name && a.Pattern == b.Pattern && a.Op == b.Op
}

func remove(all []recipe.Override, o recipe.Override) []recipe.Override {
	out := slices.DeleteFunc(slices.Clone(all), func(x recipe.Override) bool { return concerns(x, o) })
	if len(out) == 0 {
		return nil // a recipe without overrides is the same as before there were any
	}
	return out
}

func replace(all []recipe.Override, o recipe.Override) []recipe.Override {
	return append(remove(all, o), o)
}

// Own is the override of a layer by its name, if there is one.
func (s State) Own(layer string) (recipe.Override, bool) {
	for _, o := range s.Recipe.Overrides {
		if o.Name == layer {
			return o, true
		}
	}
	return recipe.Override{}, false
}

// InFloat tells whether a layer of the result was kept in float.
func (s State) InFloat(l report.Layer) bool {
	weight, input := s.Quantizers(l)
	return weight == nil && input == nil
}

// Suggestion is a rule that the model's operators offer for a start.
func (s State) Suggestion() Rule {
	if s.Model != nil && slices.ContainsFunc(s.Model.Summary.Ops, func(o inspect.OpCount) bool { return o.Op == "Conv" }) {
		return Rule{By: "op", Text: recipe.DepthwiseConv}
	}
	return Rule{By: "pattern", Text: "*"}
}
