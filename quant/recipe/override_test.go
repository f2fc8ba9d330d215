package recipe_test

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// What cannot be is refused with the reason and the nearest that can.
func TestSettingsThatCannotBe(t *testing.T) {
	four := recipe.Quantizer{FakeQuant: "fixed", Observer: "minmax", Scheme: scheme.QScheme{Bits: 4, Symmetric: true, PerChannel: true}}
	for _, c := range []struct {
		change func(*recipe.Recipe)
		want   []string
	}{
		{func(r *recipe.Recipe) { r.Weight.FakeQuant = "pact" }, []string{"weight.fakeQuant", "activations only", "learnable"}},
		{func(r *recipe.Recipe) { r.Activation.FakeQuant = "adaround" }, []string{"activation.fakeQuant", "weights only"}},
		{func(r *recipe.Recipe) { r.Activation.FakeQuant = "dorefa" }, []string{"weights only"}},
		{func(r *recipe.Recipe) { r.Weight.Observer = "percentile" }, []string{"perChannel", "percentile", "mse"}},
		{func(r *recipe.Recipe) { r.Weight.FakeQuant = "tqt" }, []string{"perChannel", "tqt"}},
		{func(r *recipe.Recipe) { r.Activation.FakeQuant = "tqt" }, []string{"symmetric", "tqt", "set it to true"}},
		{func(r *recipe.Recipe) {
			r.Activation.FakeQuant, r.Activation.Scheme.Symmetric = "tqt", true
		}, []string{"pot", "tqt"}},
		{func(r *recipe.Recipe) {
			r.Activation.FakeQuant, r.Activation.Scheme = "nnie", scheme.QScheme{Bits: 4, Symmetric: true}
		}, []string{"4", "8 bits"}},
		{func(r *recipe.Recipe) { r.Activation.Observer = "ema_mse"; r.Activation.EMARatio = 0 }, []string{"emaRatio", "0.9"}},
		{func(r *recipe.Recipe) { r.Activation.ObserverOptions.Power = 2.4 }, []string{"activation", "power", "ema_minmax"}},
		{func(r *recipe.Recipe) {
			r.Weight.Observer, r.Weight.ObserverOptions = "mse", observer.Options{Power: 100}
		}, []string{"power", "100", "2.4"}},
		{func(r *recipe.Recipe) {
			r.Activation.Observer, r.Activation.EMARatio, r.Activation.ObserverOptions = "percentile", 0, observer.Options{Bins: 1 << 30}
		}, []string{"bins", "65536"}},
		{func(r *recipe.Recipe) { r.Activation.FakeQuantOptions = fakequant.Options{Alpha: 6} }, []string{"alpha", "fixed"}},
		{func(r *recipe.Recipe) {
			r.Activation.FakeQuant, r.Activation.FakeQuantOptions = "dsq", fakequant.Options{Alpha: 1}
		}, []string{"alpha", "0.99"}},
		{func(r *recipe.Recipe) { r.Activation.Scheme.Codes = "ternary" }, []string{"codes", "ternary", "signed or unsigned"}},
		{func(r *recipe.Recipe) { r.Weight.Scheme.Codes = scheme.Signed }, []string{"codes", "anyhow"}},
		{func(r *recipe.Recipe) {
			r.Weight.Scheme.Codes, r.Weight.Scheme.Narrow = scheme.Unsigned, true
		}, []string{"narrow"}},
		{func(r *recipe.Recipe) { r.Activation.Scheme.Block = 32 }, []string{"activation.scheme.block is 32", "only weights"}},
		{func(r *recipe.Recipe) { r.Weight.Scheme.Block = 1 }, []string{"weight.scheme.block is 1 inputs", "32 to 256 are usual"}},
		{func(r *recipe.Recipe) { r.Weight.Scheme.Block, r.Weight.Scheme.PerChannel = 32, false }, []string{"perChannel is false"}},
		{func(r *recipe.Recipe) {
			r.Weight.Scheme.Block, r.Refine.Rounding.Method = 32, recipe.AdaRound
		}, []string{"weight.scheme.block is 32", "adaround learns roundings", "gptq"}},
		{func(r *recipe.Recipe) { r.Overrides = []recipe.Override{{Weight: &four}} }, []string{"overrides[0]", "exactly one"}},
		{func(r *recipe.Recipe) {
			r.Overrides = []recipe.Override{{Op: "Conv", Name: "conv1", Weight: &four}}
		}, []string{"overrides[0]", "has 2", "exactly one"}},
		{func(r *recipe.Recipe) {
			r.Overrides = []recipe.Override{{Name: "conv\n1", Float: true}}
		}, []string{"overrides[0]", "unprintable"}},
		{func(r *recipe.Recipe) {
			r.Overrides = []recipe.Override{{Pattern: strings.Repeat("n", 300), Float: true}}
		}, []string{"300", "256"}},
		{func(r *recipe.Recipe) { r.Overrides = []recipe.Override{{Op: "Conv"}} }, []string{"overrides[0]", "changes nothing"}},
		{func(r *recipe.Recipe) { r.Overrides = []recipe.Override{{Op: "Conv", Float: true, Weight: &four}} }, []string{"float"}},
		{func(r *recipe.Recipe) {
			r.Overrides = []recipe.Override{{Op: "Conv", Weight: &four}, {Op: "Conv", Float: true}}
		}, []string{"overrides[1]", "overrides[0]"}},
		{func(r *recipe.Recipe) {
			*r = preset(t, "nnie")
			r.Overrides = []recipe.Override{{Name: "conv1", Weight: &four}}
		}, []string{"overrides[0].weight.fakeQuant", "nnie", "no others"}},
	} {
		r := config1(t)
		c.change(&r)
		err := r.Validate()
		if err == nil {
			t.Errorf("accepted: want %q", c.want)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%q does not say %q", err, w)
			}
		}
	}
}

func preset(t *testing.T, name string) recipe.Recipe {
	t.Helper()
	r, err := recipe.Preset(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// All that was added later comes back from its canonical form and changes the digest.
func TestLaterFieldsComeBack(t *testing.T) {
	four := recipe.Quantizer{FakeQuant: "adaround", Observer: "mse", Scheme: scheme.QScheme{Bits: 4, Symmetric: true}, ObserverOptions: observer.Options{Power: 2.4}}
	seen := map[string]bool{}
	for _, change := range []func(*recipe.Recipe){
		func(*recipe.Recipe) {},
		func(r *recipe.Recipe) { r.MQBenchExact = true },
		func(r *recipe.Recipe) { r.SharedScales = true },
		func(r *recipe.Recipe) { r.Activation.Scheme.Codes = scheme.Signed },
		func(r *recipe.Recipe) { r.Overrides = []recipe.Override{{Name: "conv1", Weight: &four}} },
		func(r *recipe.Recipe) { r.Overrides = []recipe.Override{{Pattern: "layer1.*", Float: true}} },
		func(r *recipe.Recipe) {
			r.Activation.FakeQuant, r.Activation.FakeQuantOptions = "pact", fakequant.Options{Alpha: 4}
		},
	} {
		r := config1(t)
		change(&r)
		doc, err := r.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		back, err := recipe.Parse(doc)
		if err != nil {
			t.Fatal(err)
		}
		again, err := back.Canonical()
		if err != nil || string(again) != string(doc) {
			t.Errorf("does not come back: %s\n%s", doc, again)
		}
		if seen[string(doc)] {
			t.Errorf("leaves no trace: %s", doc)
		}
		seen[string(doc)] = true
	}
}

// A name is that of a layer or of a module that the layer is in.
func TestNameOfAModule(t *testing.T) {
	for name, want := range map[string]bool{"layer1": true, "layer1.0.conv1": true, "layer": false, "layer1.0.conv": false} {
		o := recipe.Override{Name: name, Float: true}
		if got := o.Rank(recipe.Layer{Names: []string{"/layer1/conv", "layer1.0.conv1"}}) > 0; got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestStrongestOverride(t *testing.T) {
	all := []recipe.Override{
		{Op: "Conv"}, {Op: recipe.DepthwiseConv}, {Pattern: "features.*"}, {Pattern: "*.conv"}, {Name: "features.3.conv"}, {Op: "Conv2d"},
	}
	for i := range all {
		all[i].Weight = &recipe.Quantizer{}
	}
	all = append(all, recipe.Override{Name: "stem", Activation: &recipe.Quantizer{}}) // says nothing of weights
	conv := []string{"Conv", "Conv2d"}
	for _, c := range []struct {
		layer recipe.Layer
		want  int
	}{
		{recipe.Layer{Names: []string{"/features/0/Conv", "stem"}, Types: conv}, 0},
		{recipe.Layer{Names: []string{"stem"}, Types: conv, Depthwise: true}, 1},
		{recipe.Layer{Names: []string{"node", "features.9.conv"}, Types: conv, Depthwise: true}, 2},
		{recipe.Layer{Names: []string{"head.conv"}, Types: conv}, 3},
		{recipe.Layer{Names: []string{"features.3.conv"}, Types: conv}, 4},
		{recipe.Layer{Names: []string{"fc"}, Types: []string{"Gemm", "Linear"}}, -1},
	} {
		if got, _ := recipe.Strongest(all, c.layer, true); got != c.want {
			t.Errorf("%+v: override %d, want %d", c.layer, got, c.want)
		}
	}
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"*", "", true}, {"*", "x", true}, {"", "", true}, {"", "x", false}, {"?", "x", true}, {"?", "", false},
		{"a*b", "ab", true}, {"a*b", "acb", true}, {"a*b", "abc", false}, {"a*b*c", "axbxbc", true}, {"*a", "ba", true},
		{"*ab", "aab", true}, {"a.b", "axb", false}, {"**", "abc", true}, {"layer?.0.*", "layer1.0.conv1", true},
		{strings.Repeat("*a", 20) + "b", strings.Repeat("a", 2000), false},
	} {
		all := []recipe.Override{{Pattern: c.pattern, Float: true}}
		if c.pattern == "" {
			continue // no pattern at all
		}
		if got, _ := recipe.Strongest(all, recipe.Layer{Names: []string{c.name}}, true); (got == 0) != c.want {
			t.Errorf("%q of %q: %v", c.name, c.pattern, got == 0)
		}
	}
}
