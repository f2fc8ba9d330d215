package view

import (
	"strconv"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/store"
)

// WhatIf tries other quantizers on the selected layer: the layer answers at once, the network as soon as it is measured.
type WhatIf struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (w *WhatIf) Copy() vecty.Component { return copyOf(w) }

// Render draws the section.
func (w *WhatIf) Render() vecty.ComponentOrHTML {
	return guard("section", func() *vecty.HTML {
		s := w.Store.State()
		return el("section", "whatif", attr("id", "whatif", "aria-label", "What if"), w.bench(s))
	})
}

// whatIf is the button that opens it.
func whatIf(st *store.Store) *vecty.HTML {
	open := st.State().WhatIf.Open
	return el("button", pick(open, "button small on", "button small"), attr("type", "button", "aria-expanded", boolean(open), "aria-controls", "whatif"),
		vecty.Markup(on("click", func(*vecty.Event) { st.Dispatch(store.OpenWhatIf{On: !open}) })),
		words("span", "", pick(open, "Close “What if”", "What if…")))
}

// bench are the handles, and what they do.
func (w *WhatIf) bench(s store.State) *vecty.HTML {
	l, _, _ := s.Selected()
	weight, input := s.Quantizers(l)
	t := s.WhatIf.Tried
	answers := vecty.List{}
	if t != nil && t.Before != nil {
		answers = w.network(s)
	}
	return el("div", "whatif-bench", attr("aria-busy", boolean(t != nil && !s.WhatIf.Current())),
		when(!s.Answerable(), func() *vecty.HTML {
			return words("p", "help", "The engine no longer has this network: quantize again to try changes.")
		}),
		when(s.WhatIf.Problem != "", func() *vecty.HTML { return words("p", "help wrong", s.WhatIf.Problem) }),
		when(s.Answerable() && t == nil && s.WhatIf.Problem == "", func() *vecty.HTML { return words("p", "help", "Running the float network for what the layer takes…") }),
		when(t != nil && t.Weight != nil && weight != nil, func() *vecty.HTML { return w.side(*weight, *t.Weight) }),
		when(t != nil && t.Input != nil && input != nil, func() *vecty.HTML { return w.side(*input, *t.Input) }),
		answers)
}

// network sets what the whole network answers beside the result.
func (w *WhatIf) network(s store.State) vecty.List {
	before, now := *s.WhatIf.Tried.Before, s.WhatIf.Tried.Network
	row := func(name string, show func(n inspect.Likeness) string) *vecty.HTML {
		after := "…"
		if now != nil {
			after = show(*now)
		}
		return el("tr", "", el("th", "", attr("scope", "row"), text(name)), words("td", "number", show(before)), words("td", "number", after))
	}
	of := func(n, all int) string { return strconv.Itoa(n) + " of " + strconv.Itoa(all) }
	classes := len(s.Result.Report.Outputs) == 0
	return vecty.List{el("div", pick(s.WhatIf.Current(), "whatif-network", "whatif-network pending"),
		el("table", "",
			el("caption", "", text("The network on "+phrase.Plural(before.Items, "item", "items"))),
			el("thead", "", el("tr", "", el("td", ""), heading("Result", "number"), heading("Tried", "number"))),
			el("tbody", "",
				when(classes && before.Labelled > 0, func() *vecty.HTML {
					return row("Right", func(n inspect.Likeness) string { return of(n.Right, n.Labelled) })
				}),
				when(classes, func() *vecty.HTML {
					return row("Agrees with float", func(n inspect.Likeness) string { return of(n.Agree, n.Items) })
				}),
				row("SQNR of the output", func(n inspect.Likeness) string { return phrase.Decibels(n.SQNR) })))),
		el("div", "actions whatif-actions",
			button("small", "check", "Apply and quantize", !s.Adoptable(), func() { w.Store.Dispatch(store.Adopt{}) }),
			button("small quiet", "undo", "Reset", s.WhatIf.Change == (inspect.WhatIf{}), func() { w.Store.Dispatch(store.Suppose{}) })),
		when(ranged(s.WhatIf.Change), func() *vecty.HTML {
			return words("p", "help", "A dragged range is only tried. In a recipe observers find the ranges: bits, granularity and observer are what is applied.")
		})}
}

func ranged(c inspect.WhatIf) bool {
	return c.Weight != nil && c.Weight.Range != nil || c.Input != nil && c.Input.Range != nil
}
