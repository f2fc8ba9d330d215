package view

import (
	"strconv"

	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/samples"
	"github.com/quantscope/quantscope/site/store"
)

// sampleCards are the samples, with what quantizing them costs before anything has been run here.
func sampleCards(st *store.Store) *vecty.HTML {
	return el("section", "samples", attr("aria-labelledby", "samples-title"),
		el("h2", "", attr("id", "samples-title"), text("Or take a sample: one press, a result in seconds")),
		el("ul", "sample-cards", each(samples.All(), func(_ int, s samples.Sample) vecty.ComponentOrHTML { return sampleCard(st, s) })))
}

func sampleCard(st *store.Store, s samples.Sample) *vecty.HTML {
	return el("li", "card sample",
		el("img", "sample-strip", vecty.Markup(prop.Src(at(s.Path("thumbnail.png"))), vecty.Attribute("alt", ""), vecty.Attribute("width", "240"), vecty.Attribute("height", "40"))),
		words("h3", "", s.Title),
		words("p", "", s.About),
		el("dl", "sample-runs", each(s.Runs, func(_ int, r samples.Run) vecty.ComponentOrHTML {
			return el("div", pick(2*r.Quantized < r.Float, "lost", ""), words("dt", "", r.Title), words("dd", "", sampleCost(s, r)))
		})),
		words("p", "help", phrase.Bytes(s.Runs[0].Before)+" → "+phrase.Bytes(s.Runs[0].After)+" of parameters, "+strconv.Itoa(s.Runs[0].Items)+" items"),
		el("div", "actions", each(s.Runs, func(i int, r samples.Run) vecty.ComponentOrHTML {
			return button(pick(i == 0, "small", "small quiet"), pick(i == 0, "play", ""), r.Press, false, func() {
				st.Dispatch(store.AskSample{Run: true, Folder: s.Folder, File: r.File, Whole: r.Whole})
			})
		})))
}

// sampleCost is what a run costs, in the measure of the sample.
func sampleCost(s samples.Sample, r samples.Run) string {
	if s.Images {
		return phrase.Decibels(r.SQNR) + " to float"
	}
	return phrase.Percent(phrase.Ratio(r.Float, r.Items)) + " → " + phrase.Percent(phrase.Ratio(r.Quantized, r.Items)) + " right"
}
