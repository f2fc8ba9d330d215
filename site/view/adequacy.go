package view

import (
	"strconv"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/site/store"
)

// adequacy tells whether there are enough calibration items: how ranges and answers settle, with bands from resampling.
func adequacy(s *store.Store) *vecty.HTML {
	state := s.State()
	found := state.Adequate()
	return el("section", "card adequacy", attr("aria-labelledby", "adequacy-title"),
		el("h2", "", attr("id", "adequacy-title"), text("Are these enough calibration items?")),
		words("p", pick(found == nil || found.Enough, "help", "help wrong"), func() string {
			if found != nil {
				return found.Sentence
			}
			return "Calibrates with a quarter, half and all of them, some at random, and looks at how ranges and answers settle: about as long as twelve calibrations."
		}()),
		when(found != nil && len(found.Notes) > 0, func() *vecty.HTML { return notes(found.Notes) }),
		when(found != nil && len(found.Answers) > 1, func() *vecty.HTML { return settling("SQNR of the logits, dB", found.Answers, 1) }),
		when(found != nil && len(found.Ranges) > 1, func() *vecty.HTML {
			return settling("Width of the ranges, % of that of all", found.Ranges, 100)
		}),
		when(found != nil && len(found.Makers) > 0, func() *vecty.HTML {
			return el("details", "", words("summary", "", "Items that set a range on their own"),
				el("ul", "", each(found.Makers, func(_ int, m inspect.Maker) vecty.ComponentOrHTML {
					return words("li", "", m.Name+": without it "+phrase.Percent(m.Share)+" of the range of "+m.Quantizer+" is gone")
				})))
		}),
		el("div", "actions", button("small", "wave", pick(found == nil, "Check calibration", "Check again"),
			state.Obstacle() != "" || len(state.Jobs) > 0, func() { s.Dispatch(store.CheckCalibration{}) })))
}

// settling draws the middle of what resampling gives over the number of items, logarithmic, in its band.
func settling(title string, list []inspect.Settled, unit float64) *vecty.HTML {
	const width, height = 300, 80
	drawn := plot.NewSettling(list, unit, width, height)
	first, last := list[0].Items, list[len(list)-1].Items
	label := func(x, y float64, anchor, words string) *vecty.HTML {
		return svg("text", []string{"x", num(x), "y", num(y), "text-anchor", anchor}, text(words))
	}
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
	half := list[max(len(list)-2, 0)]
	sentence := title + ": " + number(unit*half.Middle) + " with " + phrase.Plural(half.Items, "item", "items") + " (" + number(unit*half.Low) + " to " + number(unit*half.High) + "), " +
		number(unit*list[len(list)-1].Middle) + " with all " + strconv.Itoa(last) + "."
	return el("figure", "plot plot-settling",
		svg("svg", []string{"viewBox", "-48 -8 360 112", "role", "img", "aria-label", sentence},
			svg("path", []string{"class", "band", "d", drawn.Band}),
			svg("path", []string{"class", "middle", "d", drawn.Middle}),
			svg("line", []string{"class", "axis", "x1", "0", "x2", num(width), "y1", num(height), "y2", num(height)}),
			label(-6, 6, "end", number(drawn.High)), label(-6, height, "end", number(drawn.Low)),
			label(0, height+16, "start", phrase.Plural(first, "item", "items")), label(width, height+16, "end", strconv.Itoa(last))),
		el("figcaption", "", words("p", "", sentence), words("p", "help", "Line: the middle of resamplings; band: eight in ten of them.")))
}
