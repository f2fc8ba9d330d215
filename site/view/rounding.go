package view

import (
	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/site/form"
	"github.com/quantscope/quantscope/site/store"
)

// rounding is the form that learns which weights are rounded up and which down.
func rounding(st *store.Store) *vecty.HTML {
	s := st.State()
	r := s.Draft.Recipe
	method := form.RoundingMethod()
	return el("div", "draft",
		words("p", "help", "Learns from the calibration items which weights are rounded up and which down, so that each part of the quantized network gives what its float self gives. The evaluation items are never seen. "+
			form.Explain(method, r.Refine.Rounding.Method)),
		draft(st, "rounding-form", form.RoundingFields(r), []form.Choice{method}, learning(s), "Learn rounding"))
}

// learning says what learning will take.
func learning(s store.State) string {
	r := s.Draft.Recipe.Refine.Rounding
	out := "GPTQ goes over each layer once"
	if r.Method != recipe.GPTQ {
		out = phrase.Count(int64(r.Full().Iterations)) + " iterations for each part of the network"
	}
	return out + about(s.Cost()) + ". The page stays usable, you can cancel, and Undo takes it back."
}
