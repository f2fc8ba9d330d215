package view

import (
	"strconv"

	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/store"
)

// shownAnswers is how many first answers there is room for.
const shownAnswers = 3

// answers are what the network says to an item, in float and as the controls stand, and on how many items the first
// answer is still the same.
func (p *LearnPlace) answers(l store.Lesson) *vecty.HTML {
	in := l.Scene.Inputs[l.Item]
	e := l.Effect
	return el("div", pick(e == nil || !l.Current(), "lesson-answers pending", "lesson-answers"), attr("aria-busy", boolean(l.Waiting())),
		words("h2", "", "The network answers"),
		el("div", "lesson-items", attr("role", "group", "aria-label", "Items"),
			each(l.Items(), func(i int, seen store.Seen) vecty.ComponentOrHTML {
				return el("button", pick(i == l.Item, "lesson-item-pick here", "lesson-item-pick"),
					vecty.Markup(prop.Type(prop.TypeButton), vecty.Attribute("aria-pressed", boolean(i == l.Item)),
						vecty.Attribute("aria-label", "Item "+strconv.Itoa(i+1)+": "+seen.Name),
						on("click", func(*vecty.Event) { p.Store.Dispatch(store.Watch{Layer: l.Layer, Item: i}) })),
					when(seen.Picture != "", func() *vecty.HTML {
						return el("img", "", vecty.Markup(prop.Src(seen.Picture), vecty.Attribute("width", "44"), vecty.Attribute("height", "44"), vecty.Attribute("alt", "")))
					}),
					when(seen.Picture == "", func() *vecty.HTML { return words("span", "", strconv.Itoa(i+1)) }))
			})),
		when(len(in.Answers) > 0, func() *vecty.HTML {
			return el("table", "pairs",
				el("thead", "", el("tr", "", heading("Class", ""), heading("Float", "number"), heading("Quantized", "number"))),
				el("tbody", "", each(firstAnswers(in.Answers, e), func(_ int, b both) vecty.ComponentOrHTML { return b.row(in.Label) })))
		}),
		when(e != nil && e.Measured > 0, func() *vecty.HTML {
			return el("p", pick(e.First.Class == in.Answers[0].Class, "lesson-verdict", "lesson-verdict changed"),
				text("First answer: "+phrase.Class(e.First.Class, e.First.Name)+pick(e.First.Class == in.Answers[0].Class, ", as in float.", ", different from float.")))
		}),
		el("p", "lesson-agree", attr("aria-live", "polite"), text(agreeing(l))))
}

// firstAnswers are those of the float network beside what the quantized one gives them, and the quantized one's first
// where it is none of them. In float that one is left open: it is below all that are known.
func firstAnswers(float []inspect.Answer, e *inspect.Effect) []both {
	var out []both
	first := e == nil || e.Measured == 0
	for i, a := range float {
		b := both{a, a.Share, -1}
		if e != nil && i < len(e.Answers) {
			b.quantized = e.Answers[i].Share
		}
		is := e != nil && a.Class == e.First.Class
		if i < shownAnswers || is && !first {
			out, first = append(out, b), first || is
		}
	}
	if !first {
		out = append(out, both{e.First, -1, e.First.Share})
	}
	return out
}

// agreeing says how many first answers are those of the float network, once all items have been run.
func agreeing(l store.Lesson) string {
	e := l.Effect
	switch {
	case e == nil:
		return "Running the network…"
	case !l.Done:
		return "Running the other items…"
	}
	return "Same first answer as in float on " + strconv.Itoa(e.Agree) + " of " + phrase.Plural(e.Measured, "item", "items") +
		". SQNR of this item’s logits: " + phrase.Decibels(e.Logits) + "."
}
