package view

import (
	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/site/store"
)

// Page is the whole page: the bar at the top, one place, the bar at the bottom.
type Page struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (p *Page) Copy() vecty.Component { return copyOf(p) }

// Render draws the body.
func (p *Page) Render() vecty.ComponentOrHTML {
	return guard("body", func() *vecty.HTML {
		s := p.Store.State()
		return el("body", "page at-"+string(s.Place)+pick(s.Presenting(), " presenting", ""),
			el("a", "skip", vecty.Markup(vecty.Attribute("href", "#main")), text("Skip to the content")),
			&TopBar{Store: p.Store},
			el("main", "main", attr("id", "main", "tabindex", "-1"),
				&ProblemBanner{Store: p.Store},
				p.places(s)),
			&BottomBar{Store: p.Store},
			&ShareDialog{Store: p.Store},
			&KeysDialog{Store: p.Store},
			words("div", "drop-veil", "Drop it anywhere: a model, images, a recipe or a receipt"),
			el("div", "visually-hidden", attr("role", "status", "aria-live", "polite"), text(s.Said)))
	})
}

// places has a slot for each place, empty but for the one that is shown. One slot for all would let
// Vecty turn the elements of one place into those of the next, which mixes up lists and inputs.
func (p *Page) places(s store.State) vecty.List {
	return vecty.List{
		slot(s.Place == store.AtModel && s.Model == nil, func() vecty.Component { return &StartPlace{Store: p.Store} }),
		slot(s.Place == store.AtModel && s.Model != nil, func() vecty.Component { return &ModelPlace{Store: p.Store} }),
		slot(s.Place == store.AtData, func() vecty.Component { return &DataPlace{Store: p.Store} }),
		slot(s.Place == store.AtQuantize, func() vecty.Component { return &QuantizePlace{Store: p.Store} }),
		slot(s.Place == store.AtInspect, func() vecty.Component { return &InspectPlace{Store: p.Store} }),
		slot(s.Place == store.AtExport, func() vecty.Component { return &ExportPlace{Store: p.Store} }),
		slot(s.Place == store.AtLearn, func() vecty.Component { return &LearnPlace{Store: p.Store} }),
		slot(s.Place == store.AtClaim, func() vecty.Component { return &ClaimPlace{Store: p.Store} }),
	}
}

// slot is a place for a component that is not always there. It is a list in both cases, so that what follows
// keeps its place.
func slot(here bool, draw func() vecty.Component) vecty.List {
	if !here {
		return vecty.List{}
	}
	return vecty.List{draw()}
}
