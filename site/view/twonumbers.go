package view

import (
	"math"
	"strings"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/report"
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
	return outcome{name, phrase.Count(int64(right)) + " of " + phrase.Count(int64(of)), phrase.Points(phrase.Ratio(right-float, of))}
}

// twoNumbers says how the simulation and the integer engine differ, and why: every result has both.
func twoNumbers(r report.Report) vecty.List {
	sentence := phrase.Differ(r)
	return when(sentence != "", func() *vecty.HTML {
		return el("details", "card two-numbers",
			el("summary", "", words("h2", "", "Simulation and "+pick(phrase.Integers(r.Steps) == 0, "engine", "integer engine")), words("span", "help", sentence)),
			words("p", "", figuresMean(r)),
			words("p", "", "The simulation rounds floats with fake-quantizers, as MQBench does. The integer engine computes on the integers themselves, as a device would. "+
				"Where both differ, this is why, counted on "+phrase.Plural(r.StepItems, "item", "items")+":"),
			el("dl", "causes", each(phrase.Differences(r), func(_ int, d phrase.Difference) vecty.ComponentOrHTML {
				return vecty.List{
					el("dt", "", words("strong", "", string(d.Cause)), text(", "+phrase.Plural(d.Steps, "step", "steps"))),
					words("dd", "", phrase.Meaning(d.Cause)+atMost(d)),
				}
			})),
			when(len(phrase.Differences(r)) == 0, func() *vecty.HTML { return words("p", "", "Nowhere: they are equal, bit for bit.") }))
	})
}

// figuresMean says what the figures at the top count.
func figuresMean(r report.Report) string {
	a := r.Accuracy
	out := "Agreement counts the items with the same first answer; labels do not count. Parameters are weights as integers, with their scales and zero points; biases and all else take 4 bytes each."
	if a.Labelled == 0 {
		return out
	}
	return "Top-1 is the share of " + phrase.Plural(a.Labelled, "labelled item", "labelled items") + " answered right; one item is " +
		strings.TrimPrefix(phrase.Points(1/float64(a.Labelled)), "+") + ". " + out
}

// atMost says where a cause does most.
func atMost(d phrase.Difference) string {
	if d.Most == 0 {
		return ""
	}
	return " Most at " + d.Where + ", " + share(d.Most) + " of its output."
}

// share writes a ratio that may be small.
func share(ratio float64) string {
	const parts = 1_000_000
	return phrase.Share(int(math.Round(parts*ratio)), parts)
}
