package prepare_test

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
)

// A network without layers is refused by every backend that puts no quantizer in it; the others say that they quantize
// activations only.
func TestNothingButActivations(t *testing.T) {
	b := graphtest.New(t)
	g := b.Outputs(b.Node("relu", graph.Relu{}, b.Input("x", 1, 3, 4, 4)))
	taken := 0
	for _, r := range recipe.Presets() {
		p, err := prepare.Prepare(g, r)
		switch {
		case err != nil && !strings.Contains(err.Error(), "the backend "+r.Backend+" quantizes nothing else of it"):
			t.Errorf("%s: %v", r.Name, err)
		case err == nil:
			taken++
			if said := strings.Join(p.Notes, "\n"); len(p.Quantizers) == 0 || !strings.Contains(said, "activations only, beginning with ") {
				t.Errorf("%s takes it with %d quantizers, and says %q", r.Name, len(p.Quantizers), said)
			}
		}
	}
	if taken == 0 || taken == len(recipe.Presets()) {
		t.Errorf("%d presets of %d take it", taken, len(recipe.Presets()))
	}
}
