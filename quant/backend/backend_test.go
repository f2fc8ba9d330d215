package backend_test

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/observer"
)

// Every backend is complete, goes by one name, and quantizes with what there is.
func TestList(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range backend.List() {
		for _, name := range append([]string{b.Name}, b.Also...) {
			if seen[name] || name != strings.ToLower(name) {
				t.Errorf("%s goes by the name %q", b.Name, name)
			}
			seen[name] = true
			if found, ok := backend.Of(strings.ToUpper(name)); !ok || found.Name != b.Name {
				t.Errorf("%s is found as %s", name, found.Name)
			}
		}
		if !strings.HasSuffix(b.About, ".") || len(b.Formats) == 0 || len(b.Rule.Inputs)+len(b.Rule.Outputs) == 0 && b.Name != "weight_only" {
			t.Errorf("%s is incomplete: %+v", b.Name, b)
		}
		for _, s := range []backend.Side{b.Weight, b.Activation} {
			if _, err := fakequant.KindOf(s.FakeQuant); err != nil {
				t.Errorf("%s: %v", b.Name, err)
			}
			if _, err := observer.KindOf(s.Observer); err != nil {
				t.Errorf("%s: %v", b.Name, err)
			}
		}
	}
	if _, ok := backend.Of("caffe"); ok {
		t.Error("there is a backend caffe")
	}
}

// Backends are values: what one is made of is not shared with another.
func TestPlacementsAreTheirOwn(t *testing.T) {
	for i, b := range backend.List() {
		for _, exact := range []bool{false, true} {
			rule := b.Placement(exact)
			for _, kinds := range [][]backend.Kind{rule.Inputs, rule.Outputs, rule.Past} {
				if len(kinds) > 0 {
					kinds[0] = "changed"
				}
			}
		}
		for _, kind := range append(backend.List()[i].Rule.Inputs, backend.List()[i].Rule.Outputs...) {
			if kind == "changed" {
				t.Errorf("%s is not a value of its own", b.Name)
			}
		}
	}
}
