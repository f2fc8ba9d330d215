package view

import (
	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/form"
	"github.com/quantscope/quantscope/site/store"
)

// Advanced are all settings of the quantizers. What cannot be together, and what a chip will not compute, is
// said where it is set.
type Advanced struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (a *Advanced) Copy() vecty.Component { return copyOf(a) }

// Render draws the section.
func (a *Advanced) Render() vecty.ComponentOrHTML {
	return guard("details", func() *vecty.HTML {
		s := a.Store.State()
		return el("details", "card advanced",
			vecty.Markup(vecty.Property("open", s.Settings), on("toggle", func(e *vecty.Event) {
				if open := e.Target().Get("open").Bool(); open != a.Store.State().Settings {
					a.Store.Dispatch(store.ShowSettings{On: open})
				}
			})),
			el("summary", "", words("h2", "", "Every setting"),
				words("span", "help", "Bits, symmetry, observers, fake-quantizers, rounding, placement.")),
			el("div", "sides", each(form.Sides(s.Recipe), func(_ int, side form.Side) vecty.ComponentOrHTML {
				return el("fieldset", "side",
					words("legend", "", side.Title),
					each(side.Choices, a.choice),
					each(side.Fields, func(_ int, f form.Field) vecty.ComponentOrHTML { return input(a.Store, f) }),
					each(side.Toggles, a.toggle))
			})),
			when(s.Impossible() != "", func() *vecty.HTML { return words("p", "help wrong impossible", s.Impossible()) }),
			when(s.Impossible() == "" && len(s.Recipe.Notes()) > 0, func() *vecty.HTML { return notes(s.Recipe.Notes()) }),
			el("fieldset", "side general",
				words("legend", "", "Both"),
				each(form.General(), a.choice),
				each(form.GeneralToggles(), a.toggle)))
	})
}

func (a *Advanced) choice(_ int, c form.Choice) vecty.ComponentOrHTML {
	value := c.Get(a.Store.State().Recipe)
	id := string(c.ID)
	return el("div", "field",
		el("label", "", vecty.Markup(prop.For(id)), text(c.Label)),
		el("select", "",
			vecty.Markup(prop.ID(id), vecty.Attribute("aria-describedby", id+"-help"),
				on("change", func(e *vecty.Event) { a.Store.Dispatch(store.Pick{Choice: c, Value: e.Value()}) })),
			each(c.Options, func(_ int, o string) vecty.ComponentOrHTML {
				return el("option", "", vecty.Markup(vecty.Attribute("value", o), vecty.Property("selected", o == value)), text(phrase.Spelled(o)))
			})),
		el("p", "help", attr("id", id+"-help"), text(form.Explain(c, value))))
}

func (a *Advanced) toggle(_ int, t form.Toggle) vecty.ComponentOrHTML {
	return checkbox(string(t.ID), t.Label, t.Help, t.Get(a.Store.State().Recipe),
		func(on bool) { a.Store.Dispatch(store.Switch{Toggle: t, On: on}) })
}
