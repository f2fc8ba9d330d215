package prepare

import (
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/exec/lower"
	"github.com/quantscope/quantscope/quant/exec/plan"
)

// TestEveryFunctionHasAKind holds that a function of single numbers is of a kind that backends place quantizers by, or
// is known to be in none of MQBench's tables.
func TestEveryFunctionHasAKind(t *testing.T) {
	none := []string{
		"Abs", "Ceil", "Erf", "Exp", "Floor", "LeakyRelu", "Log", "Neg", "Round", "Sign", "Sqrt",
		"Cast", "Not", "Within", // make or read truth values and integers
		"NormalCDF", // stands in steps of training only
	}
	for name, integers := range lower.Forms() {
		kind := kindOfOperator(name)
		if name == "Clip" {
			kind = backend.Clamp // or ReLU6
		}
		switch {
		case integers != plan.Function:
		case kind == backend.Other && !slices.Contains(none, name):
			t.Errorf("%s has no kind, and is not listed as one that has none", name)
		case kind != backend.Other && slices.Contains(none, name):
			t.Errorf("%s is of kind %s, and listed as one that has none", name, kind)
		}
	}
}
