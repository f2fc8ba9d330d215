package view

import (
	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/site/store"
)

// ProblemBanner says what went wrong, where and why, and what to do next.
type ProblemBanner struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (b *ProblemBanner) Copy() vecty.Component { return copyOf(b) }

// Render draws the banner. The element is always there, so that a screen reader announces what
// appears in it.
func (b *ProblemBanner) Render() vecty.ComponentOrHTML {
	return guard("div", func() *vecty.HTML {
		s := b.Store.State()
		p := s.Problem
		if p != nil && (p.At != "" && s.Place == store.AtExport || p.At == store.AtAddress && s.Place == store.AtModel && s.Model == nil) {
			p = nil // what was pressed says it
		}
		return el("div", "problems", attr("role", "alert"),
			when(p != nil, func() *vecty.HTML {
				return el("section", "problem",
					icon("alert"),
					el("div", "",
						words("h2", "", p.What),
						words("p", "why", p.Why),
						words("p", "next", p.Next)),
					button("small quiet", "cross", "Dismiss", false, func() { b.Store.Dispatch(store.Dismiss{}) }))
			}))
	})
}
