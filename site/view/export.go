//go:build js

package view

import (
	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/site/store"
)

// ExportPlace downloads what came out.
type ExportPlace struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (p *ExportPlace) Copy() vecty.Component { return copyOf(p) }

// Render draws the place.
func (p *ExportPlace) Render() vecty.ComponentOrHTML {
	return guard("section", func() *vecty.HTML {
		s := p.Store.State()
		head := el("div", "place-head", el("div", "",
			words("h1", "", "Export"),
			words("p", "lede", "The quantized network, what made it, and a receipt by which others can check it.")))
		if s.Result == nil {
			return el("section", "place-export", head, needModel(p.Store, "There is no result yet. Run a model, or the sample."))
		}
		return el("section", "place-export", head,
			staleNote(p.Store),
			el("div", "exports",
				p.card("chip", "Quantized model", s.Result.QDQ.Path+", "+plot.Bytes(s.Result.QDQ.Size),
					"ONNX with QuantizeLinear and DequantizeLinear around every quantized tensor; int8 weights, int32 bias. ONNX Runtime and TensorRT read it.",
					button("primary", "save", "Download ONNX QDQ", false, func() { p.Store.Dispatch(store.SaveModel{}) })),
				p.card("file", "Recipe", "recipe.json",
					"Every setting of this run. Drop it on this page to use it again, or give it to the command: quantscope quantize --recipe recipe.json.",
					button("", "save", "Download recipe", false, func() { p.Store.Dispatch(store.SaveRecipe{}) })),
				p.card("share", "Receipt and link", "digests and figures, no weights, no images",
					"Anybody with the same model and images can recompute the result, bit for bit.",
					button("", "share", "Share", false, func() { p.Store.Dispatch(store.OpenShare{}) }))))
	})
}

func (p *ExportPlace) card(iconName, title, file, what string, action *vecty.HTML) *vecty.HTML {
	return el("div", "card export",
		icon(iconName),
		words("h2", "", title),
		words("p", "export-file", file),
		words("p", "", what),
		action)
}

// staleNote says that the result was made with other settings than those now chosen.
func staleNote(s *store.Store) vecty.List {
	return when(s.State().Stale(), func() *vecty.HTML {
		return el("div", "warning",
			words("p", "", "The model, the data or the recipe changed since this result was made."),
			button("small", "spark", "Quantize again", s.State().Obstacle() != "", func() { s.Dispatch(store.Quantize{}) }))
	})
}
