package view

import (
	"math"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/site/store"
)

// outcome is a row of what the float network, the simulation and the integer engine reached.
type outcome struct{ name, value, note string }

// outcomes lists them below the figure they belong to.
func outcomes(list ...outcome) *vecty.HTML {
	return el("table", "outcomes", el("tbody", "", each(list, func(_ int, o outcome) vecty.ComponentOrHTML {
		return el("tr", "",
			el("th", "", attr("scope", "row"), text(o.name)),
			words("td", "number", o.value),
			words("td", "number note", o.note))
	})))
}

// answered is an outcome of so many right answers beside those of the float network.
func answered(name string, right, float, of int) outcome {
	return outcome{name, plot.Count(int64(right)) + " of " + plot.Count(int64(of)), plot.Points(store.Ratio(right-float, of))}
}

// twoNumbers says how the simulation and the integer engine differ, and why: every result has both.
func twoNumbers(r report.Report) vecty.List {
	sentence := store.Differ(r)
	return when(sentence != "", func() *vecty.HTML {
		return el("details", "card two-numbers",
			el("summary", "", words("h2", "", "Simulation and integer engine"), words("span", "help", sentence)),
			words("p", "", "The simulation rounds floats with fake-quantizers, as MQBench does. The integer engine computes on the integers themselves, as a device would. "+
				"Where both differ, this is why, counted on "+plot.Plural(r.StepItems, "item", "items")+":"),
			el("dl", "causes", each(store.Differences(r), func(_ int, d store.Difference) vecty.ComponentOrHTML {
				return vecty.List{
					el("dt", "", words("strong", "", string(d.Cause)), text(", "+plot.Plural(d.Steps, "step", "steps"))),
					words("dd", "", store.Meaning(d.Cause)+atMost(d)),
				}
			})),
			when(len(store.Differences(r)) == 0, func() *vecty.HTML { return words("p", "", "Nowhere: they are equal, bit for bit.") }))
	})
}

// atMost says where a cause does most.
func atMost(d store.Difference) string {
	if d.Most == 0 {
		return ""
	}
	return " Most at " + d.Where + ", " + share(d.Most) + " of its output."
}

// share writes a ratio that may be small.
func share(ratio float64) string {
	const parts = 1_000_000
	return plot.Share(int(math.Round(parts*ratio)), parts)
}
