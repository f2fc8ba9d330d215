package phrase

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/recipe"
)

func TestBetween(t *testing.T) {
	preset := func(name string) recipe.Recipe {
		r, err := recipe.Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	four := preset("config1").Weight
	four.Scheme.Bits = 4
	layer := func(name string) recipe.Override { return recipe.Override{Name: name, Weight: &four} }
	for _, c := range []struct {
		name   string
		change func(r *recipe.Recipe)
		want   string
	}{
		{"nothing", func(*recipe.Recipe) {}, ""},
		{"bits", func(r *recipe.Recipe) { r.Weight.Scheme.Bits = 4 }, "weights 4 bits"},
		{"several", func(r *recipe.Recipe) { r.Activation.Observer = "mse"; r.Data.Calibration = 32 }, "activations by MSE, 32 calibration items"},
		{"a preset", func(r *recipe.Recipe) { *r = preset("config2") }, "Per-tensor"},
		{"a preset, changed", func(r *recipe.Recipe) { *r = preset("config2"); r.Weight.Scheme.Bits = 6 }, "Per-tensor, weights 6 bits"},
		{"a layer", func(r *recipe.Recipe) { r.Overrides = []recipe.Override{layer("35_conv")} }, "35_conv weights of 4 bits"},
		{"refined", func(r *recipe.Recipe) { r.Refine.Equalize = true }, "channels equalized"},
		{"absorbing", func(r *recipe.Recipe) { r.Refine.Absorb = true }, "high biases absorbed"},
		{"bias correction", func(r *recipe.Recipe) { r.Refine.Biases = recipe.Analytic }, "biases corrected analytically"},
		{"rounding", func(r *recipe.Recipe) { r.Refine.Rounding.Method = recipe.BRECQ }, "rounding by BRECQ, 500 iterations"},
	} {
		from := preset("config1")
		to := preset("config1")
		c.change(&to)
		if got := strings.Join(Between(from, to), ", "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	from, to := preset("config1"), preset("config1")
	from.Overrides = []recipe.Override{layer("a"), layer("b")}
	to.Overrides = []recipe.Override{{Name: "b", Float: true}}
	if got := strings.Join(Between(from, to), ", "); got != "b kept in float, a as the others" {
		t.Errorf("overrides given up: %q", got)
	}
}
