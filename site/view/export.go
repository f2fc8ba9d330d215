package view

import (
	"strings"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/store"
	"github.com/quantscope/quantscope/wasm/protocol"
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
		return el("section", "place-export", collapse(p.Store, phrase.Collapse(s.Result.Report)), head,
			staleNote(p.Store),
			el("div", "exports",
				p.card("chip", "Quantized model", pick(s.Result.QDQ.Size > 0, s.Result.QDQ.Path+", "+phrase.Bytes(s.Result.QDQ.Size), "not possible with this recipe: its codes are not integers"),
					"ONNX with QuantizeLinear and DequantizeLinear around every quantized tensor; integer weights, int32 bias. For ONNX Runtime (tested with "+phrase.ONNXRuntime+") and TensorRT.",
					button(pick(phrase.Collapse(s.Result.Report) == "", "primary", ""), "save", "Download ONNX QDQ", s.Result.QDQ.Size == 0, func() { p.Store.Dispatch(store.SaveModel{}) })),
				p.card("file", "Recipe", "recipe.json",
					"Every setting of this run. Drop it on this page to use it again, or give it to the command below.",
					button("", "save", "Download recipe", false, func() { p.Store.Dispatch(store.SaveRecipe{}) })),
				p.card("share", "Receipt and link", "digests and figures, no weights, no images",
					"Anyone with the same model and images can recompute the result, bit for bit.",
					button("", "share", "Share", false, func() { p.Store.Dispatch(store.OpenShare{}) }))),
			p.formats(s),
			p.command(s))
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

// formats lists the forms of other engines, those for the result's backend first.
func (p *ExportPlace) formats(s store.State) *vecty.HTML {
	why := ""
	if s.Elsewhere() {
		why = "The model or the data of this result is not open any more: open them and quantize again to write other formats."
	}
	var made, others []protocol.Format
	for _, f := range s.Formats() {
		switch {
		case f.Name == "qdq": // the card above
		case s.Made(f):
			made = append(made, f)
		default:
			others = append(others, f)
		}
	}
	list := func(formats []protocol.Format) *vecty.HTML {
		return el("ul", "format-list", each(formats, func(_ int, f protocol.Format) vecty.ComponentOrHTML { return p.format(s, f, why != "") }))
	}
	return el("section", "card formats", attr("aria-labelledby", "formats-title"),
		el("h2", "", attr("id", "formats-title"), text("For other engines")),
		words("p", "help", pick(why == "", "Written from this result and read back before you get it. Each file is tried beforehand: what cannot hold this result says why.", why)),
		when(len(made) > 0, func() *vecty.HTML { return list(made) }),
		el("details", "other-formats", vecty.Markup(vecty.MarkupIf(len(made) == 0, vecty.Attribute("open", ""))),
			words("summary", "", phrase.Plural(len(others), "format", "formats")+" for other recipes"),
			list(others)))
}

func (p *ExportPlace) format(s store.State, f protocol.Format, closed bool) *vecty.HTML {
	made := s.Made(f)
	fit, tried := s.Fit(f.Name)
	refused := tried && fit.Problem != ""
	failed := s.Problem != nil && s.Problem.At == store.AtFormat(f.Name)
	return el("li", pick(refused, "refused", ""),
		el("div", "",
			el("p", "", words("strong", "", f.Name), when(made, func() *vecty.HTML { return words("span", "badge", "for this recipe") })),
			words("p", "help", f.About+pick(made || refused, "", " Made for the preset "+f.Backend+".")),
			when(tried && !refused, func() *vecty.HTML {
				return words("p", "help contents", phrase.Bytes(fit.Bytes)+": "+strings.Join(fit.Files, ", "))
			}),
			when(refused, func() *vecty.HTML { return words("p", "help wrong", "Not for this result: "+fit.Problem+".") }),
			when(s.Written.Format == f.Name, func() *vecty.HTML {
				return el("p", "help written", icon("check"), text("Saved "+s.Written.Name+", "+phrase.Bytes(s.Written.Size)+"."))
			}),
			when(s.Written.Format == f.Name && len(s.Written.Notes) > 0, func() *vecty.HTML { return notes(s.Written.Notes) }),
			el("div", "", attr("role", "alert"), when(failed, func() *vecty.HTML {
				return words("p", "help wrong", s.Problem.What+" "+s.Problem.Why+" "+s.Problem.Next)
			}))),
		el("button", "button small",
			vecty.Markup(vecty.Property("type", "button"), vecty.Property("disabled", closed || refused || len(s.Jobs) > 0),
				on("click", func(*vecty.Event) { p.Store.Dispatch(store.Export{Format: f.Name}) })),
			icon("save"), words("span", "", "Download"), words("span", "visually-hidden", " "+f.Name)))
}

// command is the line that does the same natively.
func (p *ExportPlace) command(s store.State) *vecty.HTML {
	return el("section", "card command",
		words("h2", "", "The same as a command"),
		words("p", "help", "In a copy of Quantscope's source, beside the downloaded recipe.json, your model and your data. It gives the same bits."),
		el("div", "inline",
			el("code", "line", attr("tabindex", "0"), text(s.Command())),
			button("", "copy", pick(s.Copied == "command", "Copied", "Copy command"), false, func() { p.Store.Dispatch(store.CopyCommand{}) })))
}

// staleNote says that the result was made with other settings than those now chosen.
func staleNote(s *store.Store) vecty.List {
	return when(s.State().Stale(), func() *vecty.HTML {
		return el("div", "warning",
			words("p", "", "The model, the data or the recipe changed since this result was made."),
			button("small", "spark", "Quantize again", s.State().Obstacle() != "", func() { s.Dispatch(store.Quantize{}) }))
	})
}
