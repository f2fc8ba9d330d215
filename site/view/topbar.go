package view

import (
	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/store"
)

// TopBar is the name, the places and, once there is a result, its size and Share. On a phone
// the places are at the bottom.
type TopBar struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (t *TopBar) Copy() vecty.Component { return copyOf(t) }

// Render draws the bar.
func (t *TopBar) Render() vecty.ComponentOrHTML {
	return guard("header", func() *vecty.HTML {
		s := t.Store.State()
		return el("header", "top",
			el("a", "brand", vecty.Markup(prop.Href("/#model"), t.follow(store.AtModel)), icon("logo"), words("span", "", "Quantscope")),
			el("nav", "places", attr("aria-label", "Places"),
				el("ol", "", each(store.Places(), func(i int, p store.Place) vecty.ComponentOrHTML { return t.tab(s, p) }))),
			el("div", "top-end",
				when(s.Result != nil, func() *vecty.HTML {
					size := s.Result.Report.Size
					return el("p", "size-chip",
						words("span", "float", phrase.Bytes(size.Float)),
						words("span", "arrow", "→"),
						words("span", "quantized", phrase.Bytes(size.Quantized)))
				}),
				when(s.Result != nil, func() *vecty.HTML {
					return button("small", "share", "Share", false, func() { t.Store.Dispatch(store.OpenShare{}) })
				})))
	})
}

func (t *TopBar) tab(s store.State, p store.Place) *vecty.HTML {
	here, settled := s.Place == p, s.Settled(p)
	return el("li", "",
		el("a", "place",
			vecty.Markup(
				prop.Href(at("/#"+string(p))),
				t.follow(p),
				vecty.MarkupIf(here, vecty.Attribute("aria-current", "page")),
				vecty.ClassMap{"here": here, "settled": settled}),
			el("span", "pip", attr("aria-hidden", "true")),
			text(p.Title()),
			when(settled, func() *vecty.HTML { return words("span", "visually-hidden", ", done") })))
}

// follow goes to a place without loading the page again.
func (t *TopBar) follow(p store.Place) *vecty.EventListener {
	return on("click", func(*vecty.Event) { t.Store.Dispatch(store.Go{Place: p}) }).PreventDefault()
}
