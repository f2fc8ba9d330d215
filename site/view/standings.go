package view

import (
	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
)

// standings is how the quantizers of a training stand: in a sentence, and each in a table.
func standings(list []inspect.Standing) *vecty.HTML {
	return el("div", "training-form",
		el("details", "training-standings",
			el("summary", "", words("span", "", "Each scale, what is clipped, what oscillates")),
			el("div", "scroll", attr("tabindex", "0", "role", "region", "aria-label", "Quantizers"),
				el("table", "",
					el("thead", "", el("tr", "", heading("Quantizer", ""), heading("Scale", "number"), heading("Clipped", "number"), heading("Oscillating", "number"))),
					el("tbody", "", each(list, func(_ int, s inspect.Standing) vecty.ComponentOrHTML {
						return el("tr", "", el("th", "name", attr("scope", "row"), text(s.Name)),
							words("td", "number", phrase.Scale(s)),
							words("td", "number", phrase.Percent(s.Clipped)),
							words("td", "number", pick(s.Weight, phrase.Percent(s.Oscillating), "")))
					})))),
			words("p", "help", "Clipped: values beyond the codes, of weights now, of activations when an epoch last ended. Oscillating: weights that went back to the code they came from, within 16 steps.")),
		words("p", "help", phrase.Standings(list)))
}
