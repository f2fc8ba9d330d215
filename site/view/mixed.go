package view

import (
	"strconv"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/site/store"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// mixed is the form that gives each layer its own bits within a budget.
func mixed(st *store.Store) *vecty.HTML {
	s := st.State()
	closed := s.Unexamined()
	measure := func(label string, operations bool) *vecty.HTML {
		return button("", "wave", label, closed != "", func() { st.Dispatch(store.Mix{Operations: operations}) })
	}
	return el("div", "draft",
		words("p", "help", "Measures on calibration items how much noise each layer makes with 2 to 16 bits and in float, then finds the bits with the least noise in all within every budget, exactly. "+
			"What you choose is applied, calibrated and evaluated: a result like any other."),
		el("div", "training-form", attr("id", "bits-form"),
			words("p", pick(closed == "", "help", "help wrong"), pick(closed == "" || s.Examined(), mixingTakes(s), closed)),
			el("div", "actions",
				measure("Measure for a budget of bytes", false),
				measure("Measure for a budget of operations", true),
				button("quiet", "", "Close", false, func() { st.Dispatch(store.OpenForm{}) })),
			when(s.Choices() != nil && !working(s, protocol.Mix.Kind), func() *vecty.HTML { return budget(st, *s.Choices()) })))
}

// mixingTakes says what measuring will take.
func mixingTakes(s store.State) string {
	if seconds, known := s.MixCost(); known {
		return "Measuring takes about " + phrase.Seconds(seconds) + " on this machine. You can cancel."
	}
	return "Measuring takes as long as some twenty runs. You can cancel."
}

// working tells whether the core works on a request of that kind.
func working(s store.State, k protocol.Kind) bool {
	j, is := s.Working()
	return is && j.Kind == k
}

// The size of the picture of choices, in its own units.
const (
	frontWidth  = 420
	frontHeight = 150
)

// budget is the Pareto front with a slider along it, and what is chosen.
func budget(st *store.Store, m store.Mixed) *vecty.HTML {
	s := st.State()
	f := plot.NewFront(m.Mixed, frontWidth, frontHeight)
	c := m.Chosen()
	sentence := sizeSaid(m, c.Size) + ": " + widths(c) + "; predicted SQNR of the answers " + phrase.Decibels(c.Predicted) + "."
	line := func(class string, x1, y1, x2, y2 float64) *vecty.HTML {
		return svg("line", []string{"class", class, "x1", num(x1), "y1", num(y1), "x2", num(x2), "y2", num(y2)})
	}
	here := f.Choices[m.At]
	return el("div", "budget",
		el("figure", "plot plot-front",
			svg("svg", []string{"viewBox", "-60 -10 500 186", "role", "img", "aria-label", plot.FrontSentence(m.Mixed)},
				line("axis", 0, frontHeight, frontWidth, frontHeight), line("axis", 0, 0, 0, frontHeight),
				line("crosshair", here.X, 0, here.X, frontHeight),
				svg("path", []string{"class", "front", "d", f.Line}),
				each(f.Tried, func(i int, d plot.Dot) vecty.ComponentOrHTML {
					return svg("circle", []string{"class", "tried", "cx", num(d.X), "cy", num(d.Y), "r", "5"}, svg("title", nil, text(outcomeOf(m, m.Tried[i]))))
				}),
				svg("circle", []string{"class", "here", "cx", num(here.X), "cy", num(here.Y), "r", "6"}),
				svg("text", []string{"x", "-6", "y", "10", "text-anchor", "end"}, text(phrase.Decibels(f.High))),
				svg("text", []string{"x", "-6", "y", num(frontHeight), "text-anchor", "end"}, text(phrase.Decibels(f.Low))),
				svg("text", []string{"x", "0", "y", num(frontHeight + 18)}, text(amount(m, f.Small))),
				svg("text", []string{"x", num(frontWidth / 2), "y", num(frontHeight + 18), "text-anchor", "middle"}, text(pick(m.Operations, "bit operations", "parameters")+", logarithmic")),
				svg("text", []string{"x", num(frontWidth), "y", num(frontHeight + 18), "text-anchor", "end"}, text(amount(m, f.Large)))),
			el("div", "budget-slider",
				el("label", "", attr("for", "budget"), text("Budget")),
				handle("budget", "", sizeSaid(m, c.Size), 0, len(m.Choices)-1, m.At, func(n int) { st.Dispatch(store.ChooseBits{At: n}) }),
				words("output", "", amount(m, c.Size))),
			el("figcaption", "", words("p", "", sentence),
				words("p", "help", "Height: SQNR of the answers. Line: the best bits for each size, predicted by adding up the noise of single layers; dots: choices that were tried, as measured."))),
		el("div", "scroll budget-layers", attr("tabindex", "0", "role", "region", "aria-label", "Bits of each layer"),
			el("table", "",
				el("thead", "", el("tr", "", heading("Layer", ""), heading("Bits", "number"))),
				el("tbody", "", each(m.Layers, func(i int, name string) vecty.ComponentOrHTML {
					return el("tr", "", el("th", "name", attr("scope", "row"), text(name)), words("td", "number", store.Width{Bits: c.Bits[i]}.String()))
				})))),
		when(len(m.Notes) > 0, func() *vecty.HTML { return notes(m.Notes) }),
		el("div", "actions", button("primary", "play", "Quantize with these bits", s.Unready() != "", func() { st.Dispatch(store.RunDraft{}) })))
}

// amount is a size as its limit counts it.
func amount(m store.Mixed, n int64) string {
	if m.Operations {
		return phrase.Small(float64(n)/1e6) + " M"
	}
	return phrase.Bytes(n)
}

// sizeSaid says a size and what it is of.
func sizeSaid(m store.Mixed, n int64) string {
	return amount(m, n) + pick(m.Operations, " bit operations", " of parameters")
}

// widths tells how many layers have how many bits.
func widths(c inspect.Mix) string {
	out := ""
	for i, w := range store.Widths(c) {
		out += pick(i == 0, "", ", ") + phrase.Plural(w.Layers, "layer", "layers") + pick(w.String() == "float", " in float", " of "+w.String())
	}
	return out
}

// outcomeOf is what came of a choice.
func outcomeOf(m store.Mixed, t inspect.Mix) string {
	return amount(m, t.Size) + ": " + phrase.Decibels(*t.Measured) + ", " + strconv.Itoa(t.Agree) + " of " + phrase.Plural(t.Items, "answer", "answers") + " as in float"
}
