package form

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Every option that an observer or a fake-quantizer takes can be set, and no other.
func TestEveryOptionHasAField(t *testing.T) {
	at := func(r *recipe.Recipe) *recipe.Quantizer { return &r.Activation }
	fields := func(q recipe.Quantizer) string {
		var names []string
		for _, f := range optionFields("activation", q, at) {
			names = append(names, strings.TrimPrefix(string(f.ID), "activation-"))
		}
		return strings.Join(names, " ")
	}
	for _, k := range observer.Kinds() {
		if got := fields(recipe.Quantizer{Observer: k.Name}); got != k.Options {
			t.Errorf("%s takes the options %q, fields are %q", k.Name, k.Options, got)
		}
	}
	for _, k := range fakequant.Kinds() {
		if got := fields(recipe.Quantizer{FakeQuant: k.Name}); got != k.Options {
			t.Errorf("%s takes the options %q, fields are %q", k.Name, k.Options, got)
		}
	}
	for _, f := range optionFields("activation", recipe.Quantizer{Observer: "percentile", FakeQuant: "pact"}, at) {
		r := Configs()[0].Recipe
		before := r.Activation
		for _, bad := range []string{"x", "-1", "0"} {
			if f.Set(&r, bad) == nil {
				t.Errorf("%s takes %q", f.ID, bad)
			}
		}
		if err := f.Set(&r, "128"); err != nil || f.Get(r) != "128" || r.Activation == before {
			t.Errorf("%s after 128: %q, %v", f.ID, f.Get(r), err)
		}
		if err := f.Set(&r, ""); err != nil || f.Get(r) != "" || r.Activation != before {
			t.Errorf("%s emptied: %q, %v", f.ID, f.Get(r), err)
		}
	}
}
