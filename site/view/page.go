//go:build js

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
		return el("body", "page at-"+string(s.Place),
			el("a", "skip", vecty.Markup(vecty.Attribute("href", "#main")), text("Skip to the content")),
			&TopBar{Store: p.Store},
			el("main", "main", attr("id", "main", "tabindex", "-1"),
				&ProblemBanner{Store: p.Store},
				p.place(s)),
			&BottomBar{Store: p.Store},
			&ShareDialog{Store: p.Store},
			words("div", "drop-veil", "Drop it anywhere: a model, images, a recipe or a receipt"),
			el("div", "visually-hidden", attr("role", "status", "aria-live", "polite"), text(s.Said)))
	})
}

func (p *Page) place(s store.State) vecty.Component {
	switch s.Place {
	case store.AtData:
		return &DataPlace{Store: p.Store}
	case store.AtQuantize:
		return &QuantizePlace{Store: p.Store}
	case store.AtInspect:
		return &InspectPlace{Store: p.Store}
	case store.AtExport:
		return &ExportPlace{Store: p.Store}
	case store.AtClaim:
		return &ClaimPlace{Store: p.Store}
	}
	if s.Model == nil {
		return &StartPlace{Store: p.Store}
	}
	return &ModelPlace{Store: p.Store}
}
