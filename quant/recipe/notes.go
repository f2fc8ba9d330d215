package recipe

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/fakequant"
)

// Notes tell, a sentence each, where a valid recipe is not what it may be taken for: what its backend's chip
// does not compute with, and what has another effect than its name promises.
func (r Recipe) Notes() (notes []string) {
	for _, b := range r.Beyond() {
		notes = append(notes, b+". This is a simulation; the chip will not compute it.")
	}
	for _, s := range r.sides() {
		if k, err := fakequant.KindOf(s.FakeQuant); err == nil && k.Untrained != "" && !r.reconstructs(s) {
			notes = append(notes, fmt.Sprintf("%s.fakeQuant is %q: %s", s.field, s.FakeQuant, k.Untrained))
		}
	}
	return notes
}

// reconstructs tells that the recipe learns roundings as the side's fake-quantizer stands for.
func (r Recipe) reconstructs(s side) bool {
	switch m := r.Refine.Rounding.Method; s.FakeQuant {
	case "adaround":
		return m == AdaRound || m == BRECQ || m == QDrop
	case "qdrop":
		return m == QDrop
	}
	return false
}

// Beyond is what of a valid recipe its backend's chip cannot compute with, each with the nearest that it can.
func (r Recipe) Beyond() (all []string) {
	engine, _ := backend.Of(r.Backend)
	for _, s := range r.sides() {
		if b := beyond(engine, s.field, s.Quantizer, s.weight); b != "" {
			all = append(all, b)
		}
	}
	return all
}

// side is one side's settings, of all layers or of some, and where they stand in the recipe.
type side struct {
	field  string
	weight bool
	Quantizer
}

func (r Recipe) sides() []side {
	all := []side{{"weight", true, r.Weight}, {"activation", false, r.Activation}}
	for i, o := range r.Overrides {
		if o.Weight != nil {
			all = append(all, side{fmt.Sprintf("overrides[%d].weight", i), true, *o.Weight})
		}
		if o.Activation != nil {
			all = append(all, side{fmt.Sprintf("overrides[%d].activation", i), false, *o.Activation})
		}
	}
	return all
}
