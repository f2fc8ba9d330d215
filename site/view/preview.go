package view

import (
	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/store"
)

// preview shows a few items as the network takes them with what it answers, so that a person sees
// whether the preprocessing is right.
func preview(p store.Preview) *vecty.HTML {
	sentence := p.Sentence()
	switch {
	case p.Problem != "":
		sentence = p.Problem
	case len(p.Inputs) == 0:
		sentence = "Running the float network on three items…"
	}
	return el("section", pick(p.Waiting && len(p.Inputs) > 0, "card preview waiting", "card preview"),
		attr("aria-labelledby", "preview-title", "aria-busy", boolean(p.Waiting)),
		el("h2", "", attr("id", "preview-title"), text("What the network sees, and says")),
		words("p", pick(p.Problem == "", "help", "help wrong"), sentence),
		when(p.Problem == "" && len(p.Inputs) > 0, func() *vecty.HTML {
			return el("ul", "sights", each(p.Pair(), func(_ int, s store.Seen) vecty.ComponentOrHTML { return sight(s) }))
		}),
		when(p.Problem == "" && len(p.Inputs) > 0, func() *vecty.HTML {
			return words("p", "help", "After preprocessing, in float. In the pictures the least number is black, the greatest white, the first channel red.")
		}))
}

func sight(s store.Seen) *vecty.HTML {
	numbers := phrase.Rough(s.Min) + " … " + phrase.Rough(s.Max)
	return el("li", "sight",
		el("figure", "",
			when(s.Picture != "", func() *vecty.HTML {
				return el("img", "", vecty.Markup(prop.Src(s.Picture),
					vecty.Attribute("width", "112"), vecty.Attribute("height", "112"),
					vecty.Attribute("alt", "Input made of "+s.Name)))
			}),
			words("figcaption", "", numbers),
			words("p", "help", phrase.Shape(s.Shape, false))),
		el("div", "",
			el("p", "sight-name", words("bdi", "", s.Name)),
			words("p", "help", pick(s.Label >= 0, "Label: "+phrase.Class(s.Label, s.LabelName), "No label")),
			el("ol", "answers", each(s.Answers, func(_ int, a inspect.Answer) vecty.ComponentOrHTML { return answer(a, s.Label) }))))
}

// answer is a class with the share it got as a bar; the right one is marked.
func answer(a inspect.Answer, label int) *vecty.HTML {
	right := a.Class == label
	return el("li", pick(right, "right", ""),
		svg("svg", []string{"viewBox", "0 0 100 10", "preserveAspectRatio", "none", "aria-hidden", "true"},
			svg("rect", []string{"x", "0", "y", "0", "height", "10", "width", num(100 * min(max(a.Share, 0), 1))})),
		el("span", "answer-name", text(phrase.Class(a.Class, a.Name)), when(right, func() *vecty.HTML { return icon("check") }),
			when(right, func() *vecty.HTML { return words("span", "visually-hidden", ", the label") })),
		words("span", "answer-share", phrase.Percent(a.Share)))
}
