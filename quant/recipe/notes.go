package recipe

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/fakequant"
)

// Notes tell, a sentence each, where a valid recipe is not what it may be taken for: what its backend's chip
// does not compute with, and what has another effect than its name promises.
func (r Recipe) Notes() []string {
	engine, _ := backend.Of(r.Backend)
	notes := append(notesOf(engine, "weight", r.Weight, true), notesOf(engine, "activation", r.Activation, false)...)
	for i, o := range r.Overrides {
		if o.Weight != nil {
			notes = append(notes, notesOf(engine, fmt.Sprintf("overrides[%d].weight", i), *o.Weight, true)...)
		}
		if o.Activation != nil {
			notes = append(notes, notesOf(engine, fmt.Sprintf("overrides[%d].activation", i), *o.Activation, false)...)
		}
	}
	return notes
}

// notesOf are those of one side; field is where it stands in the recipe.
func notesOf(b backend.Backend, field string, q Quantizer, weight bool) (notes []string) {
	if limit := beyond(b, field, q, weight); limit != "" {
		notes = append(notes, limit+". This is a simulation; the chip will not compute it.")
	}
	if k, err := fakequant.KindOf(q.FakeQuant); err == nil && k.Untrained != "" {
		notes = append(notes, fmt.Sprintf("%s.fakeQuant is %q: %s", field, q.FakeQuant, k.Untrained))
	}
	return notes
}
