package view

import (
	"strings"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/store"
)

// Backends shows in one table what the preset of every backend would change of the recipe.
type Backends struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (b *Backends) Copy() vecty.Component { return copyOf(b) }

// Render draws the section.
func (b *Backends) Render() vecty.ComponentOrHTML {
	return guard("section", func() *vecty.HTML {
		s := b.Store.State()
		done := len(s.Backends.Changes) > 0
		return el("section", "card table-card backends", attr("aria-labelledby", "backends-title"),
			el("div", "table-head",
				el("h2", "", attr("id", "backends-title", "tabindex", "-1"), text("What each backend would change")),
				button("small", "spark", pick(done, "Compare again", "Compare backends"), s.Obstacle() != "" || done && !s.Outdated(),
					func() { b.Store.Dispatch(store.CompareBackends{}) })),
			words("p", "help", "Places and calibrates the quantizers as each backend's preset does, on the same calibration items, and sets them beside the present recipe: "+
				"which tensors are quantized, in which range and with which zero point, and which layers stay in float because no quantizer sits at their weight or input. Nothing is evaluated: press Use, then Quantize, to see the cost."),
			when(s.Outdated(), func() *vecty.HTML {
				return words("p", "help wrong", "The model, the data or the recipe changed since this was compared.")
			}),
			when(done, func() *vecty.HTML { return b.table(s) }))
	})
}

func (b *Backends) table(s store.State) *vecty.HTML {
	return el("div", "scroll", attr("tabindex", "0", "role", "region", "aria-label", "Backends"),
		el("table", "",
			el("thead", "", el("tr", "",
				heading("Backend", ""), heading("Quantizers", "number"), heading("More, fewer", "number"),
				heading("Other range", "number"), heading("Other zero point", "number"), heading("Layers in float", ""), heading("", ""))),
			el("tbody", "", each(s.Backends.Changes, func(_ int, c store.Change) vecty.ComponentOrHTML { return b.row(s, c) }))))
}

// few names the first of a list.
func few(names []string) string {
	const most = 3
	switch n := len(names); {
	case n == 0:
		return "none"
	case n > most:
		return phrase.Count(int64(n)) + ": " + strings.Join(names[:most], ", ") + " and " + phrase.Count(int64(n-most)) + " more"
	default:
		return phrase.Count(int64(n)) + ": " + strings.Join(names, ", ")
	}
}

// row is a backend, with its tensors below it if they are asked for.
func (b *Backends) row(s store.State, c store.Change) vecty.List {
	use := el("td", "", button("small", "", "Use", s.Recipe.Name == c.Name || c.Problem != "", func() { b.Store.Dispatch(store.ChooseConfig{Name: c.Name}) }))
	if c.Problem != "" {
		return vecty.List{el("tr", "",
			el("th", "name", attr("scope", "row"), text(c.Name)),
			el("td", "help", attr("colspan", "5"), text(c.Problem)), use)}
	}
	open := s.Backends.Shown == c.Name
	of := " of " + phrase.Count(int64(c.Quantizers-c.Added))
	return vecty.List{
		el("tr", pick(open, "selected", ""),
			el("th", "name", attr("scope", "row"),
				el("button", "button small quiet",
					vecty.Markup(vecty.Property("type", "button"), vecty.Attribute("aria-expanded", boolean(open)),
						vecty.Property("title", "Its tensors, one by one"),
						on("click", func(*vecty.Event) { b.Store.Dispatch(store.ShowBackend{Name: c.Name}) })),
					words("span", "", c.Name))),
			words("td", "number", phrase.Count(int64(c.Quantizers))),
			words("td", "number", "+"+phrase.Count(int64(c.Added))+", −"+phrase.Count(int64(c.Dropped))),
			words("td", "number", phrase.Count(int64(c.Ranges))+of),
			words("td", "number", phrase.Count(int64(c.Zeros))+of),
			words("td", "in-float", few(c.Float)),
			use),
		when(open, func() *vecty.HTML {
			return el("tr", "tensors", el("td", "", attr("colspan", "7"),
				tableOf(c.Table(), c.Name),
				el("div", "plot-actions", button("small quiet", "save", "Save CSV", false, func() {
					b.Store.Dispatch(store.SaveTable{Name: "backend." + c.Name, Table: c.Table()})
				}))))
		}),
	}
}
