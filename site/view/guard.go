package view

import (
	"strconv"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/store"
)

// preprocessGuard says above what quantizes that the float network does badly as the images come to it, and takes what is better.
func preprocessGuard(s *store.Store) vecty.List {
	found := s.State().Guarded()
	return when(found != nil && found.Sentence != "", func() *vecty.HTML {
		return el("section", "collapse preprocess-guard", attr("role", "alert"),
			icon("alert"),
			el("div", "",
				words("h2", "", found.Sentence),
				words("p", "", pick(found.Better != nil, "Quantization cannot make up for that: change it first. Undo takes it back.",
					"Quantization cannot make up for that: check the labels, the class offset and whether the network was trained on such images.")),
				el("details", "", words("summary", "", "What was tried"), tried(found))),
			el("div", "actions", when(found.Better != nil, func() *vecty.HTML {
				label := "Use " + found.Better.Name
				if found.Better.ClassOffset != s.State().Recipe.Data.ClassOffset {
					label += ", class offset " + strconv.Itoa(found.Better.ClassOffset)
				}
				return button("primary", "check", label, false, func() { s.Dispatch(store.TakePreprocess{}) })
			})))
	})
}

// mostTried is how many preprocessings are listed.
const mostTried = 6

func tried(g *inspect.Guard) *vecty.HTML {
	labelled := g.Given.Labelled > 0
	return el("table", "",
		el("thead", "", el("tr", "", heading("Preprocessing", ""), heading(pick(labelled, "Top-1 in float", "Confidence"), "number"), heading("Class offset", "number"), heading("Images", "number"))),
		el("tbody", "", each(g.Tried[:min(len(g.Tried), mostTried)], func(_ int, t inspect.Preprocessing) vecty.ComponentOrHTML {
			return el("tr", "",
				el("th", "name", attr("scope", "row"), text(t.Name)),
				words("td", "number", pick(labelled, phrase.Percent(phrase.Ratio(t.Right, t.Labelled)), strconv.FormatFloat(t.Confidence, 'f', 2, 64))),
				words("td", "number", strconv.Itoa(t.ClassOffset)),
				words("td", "number", strconv.Itoa(t.Items)))
		})))
}
