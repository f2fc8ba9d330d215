package diagnose

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Fix is a change of the recipe that has been tried.
type Fix struct {
	Title  string   `json:"title"`
	Layers []string `json:"layers"` // that it concerns; none: all
	Trial
	Gain      float64 `json:"gain"`      // share of the answers won back, see Outcome.Share
	GainSQNR  float64 `json:"gainSqnr"`  // dB, of the logits of one item, in the mean
	MoreBytes int64   `json:"moreBytes"` // of parameters, than without it
}

// idea is a fix to try.
type idea struct {
	title  string
	layers []string
	change func(r *recipe.Recipe)
	also   func(r recipe.Recipe) []recipe.Recipe // that may be tried after r; their activations are observed in the same pass; nil: none
}

// ideas are fixes for what was found, the likeliest first: of each kind one for the layers concerned and one for all, where
// that is something else. Those that the recipe, or its backend, does not allow are left out.
func ideas(g *graph.Graph, r recipe.Recipe, found []Finding) []idea {
	of := func(causes ...Cause) []string {
		var names []string
		for _, f := range found {
			if slices.Contains(causes, f.Cause) && !slices.Contains(names, f.Layer) {
				names = append(names, f.Layer)
			}
		}
		return names
	}
	var guilty []string
	for _, f := range found {
		if !slices.Contains(guilty, f.Layer) {
			guilty = append(guilty, f.Layer)
		}
	}
	var list []idea
	add := func(layers []string, change func(r *recipe.Recipe), title string, args ...any) {
		changed := copied(r)
		change(&changed)
		if len(changed.Beyond()) > len(r.Beyond()) {
			return // the chip would not compute it
		}
		if _, err := prepare.Prepare(g, changed); err == nil {
			list = append(list, idea{title: fmt.Sprintf(title, args...), layers: layers, change: change})
		}
	}
	if spread := of(ChannelSpread, DeadChannels); len(spread) > 0 {
		add(nil, func(r *recipe.Recipe) { r.Weight.Scheme.PerChannel = true }, "Per-channel weight scales in all layers")
		if depthwise(g, spread) {
			add(spread, func(r *recipe.Recipe) {
				w := r.Weight
				w.Scheme.PerChannel = true
				r.Overrides = append(r.Overrides, recipe.Override{Op: recipe.DepthwiseConv, Weight: &w})
			}, "Per-channel weight scales in depthwise convolutions")
		}
		add(nil, func(r *recipe.Recipe) { r.Refine.Equalize = true }, "Cross-layer equalization")
		add(nil, func(r *recipe.Recipe) { r.Refine = recipe.Refine{Equalize: true, Biases: recipe.Empirical} }, "Cross-layer equalization and bias correction")
	}
	if wide := of(Outliers); len(wide) > 0 {
		add(nil, func(r *recipe.Recipe) { r.Activation.Observer, r.Activation.EMARatio = "hist_mse", 0 }, "Activation ranges of least squared error, clipping outliers")
	}
	if narrow := of(Clipping, FewItems); len(narrow) > 0 {
		add(nil, func(r *recipe.Recipe) { r.Activation.Observer, r.Activation.EMARatio = "minmax", 0 }, "Activation ranges from min to max")
	}
	if zero := of(ZeroPoint); len(zero) > 0 {
		add(nil, func(r *recipe.Recipe) { r.Activation.Scheme.Symmetric, r.Activation.Scheme.Narrow = false, false }, "Activations with a zero point")
	}
	if r.Refine.Biases == "" {
		add(nil, func(r *recipe.Recipe) { r.Refine.Biases = recipe.Empirical }, "Bias correction")
	}
	if narrow(r) {
		add(nil, roundByGPTQ, "Rounding by GPTQ")
	}
	for _, bits := range []int{8, 16} {
		if len(guilty) > 0 && (r.Weight.Scheme.Bits < bits || r.Activation.Scheme.Bits < bits) {
			add(guilty, func(r *recipe.Recipe) { widen(r, guilty, bits, bits) }, "%d bits in %s", bits, few(guilty))
		}
	}
	if len(guilty) > 0 {
		add(guilty, func(r *recipe.Recipe) {
			for _, name := range guilty {
				r.Overrides = append(without(r.Overrides, name), recipe.Override{Name: name, Float: true})
			}
		}, "%s in float", few(guilty))
	}
	return list
}

// widen gives weights and activations of layers at least so many bits.
func widen(r *recipe.Recipe, layers []string, weights, activations int) {
	for _, name := range layers {
		w, a := r.Weight, r.Activation
		w.Scheme.Bits, a.Scheme.Bits = max(w.Scheme.Bits, weights), max(a.Scheme.Bits, activations)
		r.Overrides = append(without(r.Overrides, name), recipe.Override{Name: name, Weight: &w, Activation: &a})
	}
}

// without is overrides but for one of this name.
func without(all []recipe.Override, name string) []recipe.Override {
	return slices.DeleteFunc(slices.Clone(all), func(o recipe.Override) bool { return o.Name == name })
}

// copied is a recipe whose overrides can be appended to.
func copied(r recipe.Recipe) recipe.Recipe {
	r.Overrides = slices.Clone(r.Overrides)
	return r
}

// few names the first of a list, and counts the others.
func few(names []string) string {
	switch n := len(names); n {
	case 0:
		return "no layer"
	case 1:
		return names[0]
	default:
		return fmt.Sprintf("%s and %d more", names[0], n-1)
	}
}

// depthwise tells whether all of these nodes are depthwise convolutions.
func depthwise(g *graph.Graph, names []string) bool {
	for _, n := range g.Nodes {
		op, conv := n.Op.(graph.Conv)
		if slices.Contains(names, n.Name) && !(conv && op.Group > 1 && op.Group == g.Values[n.Inputs[0]].Shape[1]) {
			return false
		}
	}
	return true
}

// sortFixes puts those first that win back the most answers; of those that differ from the best by no more
// than one item, what needs the fewest bytes, then what leaves the least noise.
func sortFixes(fixes []Fix) {
	slices.SortStableFunc(fixes, func(a, b Fix) int { return cmp.Compare(b.Gain, a.Gain) })
	best := 0
	for best < len(fixes) && fixes[0].Gain-fixes[best].Gain <= 1.001/float64(max(fixes[0].Outcome.Items, 1)) {
		best++
	}
	slices.SortStableFunc(fixes[:best], func(a, b Fix) int {
		return cmp.Or(cmp.Compare(a.MoreBytes, b.MoreBytes), cmp.Compare(b.GainSQNR, a.GainSQNR))
	})
}
