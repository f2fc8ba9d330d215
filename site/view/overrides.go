package view

import (
	"strconv"
	"strings"

	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/site/form"
	"github.com/quantscope/quantscope/site/store"
)

// Overrides lists the settings of single layers, and takes further ones.
type Overrides struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
	rule  store.Rule
	typed bool
}

// Copy is for Vecty.
func (o *Overrides) Copy() vecty.Component { return copyOf(o) }

// Render draws the section.
func (o *Overrides) Render() vecty.ComponentOrHTML {
	return guard("section", func() *vecty.HTML {
		s := o.Store.State()
		if !o.typed {
			o.rule = s.Suggestion()
		}
		return el("section", "card overrides",
			words("h2", "", "Single layers"),
			words("p", "help", "Layers that stay in float, or have widths of their own. A name is stronger than a pattern, a pattern than a type; the Inspect place offers this for each layer."),
			when(len(s.Recipe.Overrides) > 0, func() *vecty.HTML {
				return el("ul", "rules", each(s.Recipe.Overrides, func(i int, r recipe.Override) vecty.ComponentOrHTML {
					which, what := phrase.Tell(r)
					return el("li", "", words("strong", "", which), words("span", "", what),
						button("small quiet", "cross", "Remove", false, func() { o.Store.Dispatch(store.RemoveOverride{Index: i}) }))
				}))
			}),
			o.form())
	})
}

func (o *Overrides) form() *vecty.HTML {
	pickBy := func(v string) { o.rule.By, o.typed = v, true }
	pickBits := func(v string) {
		o.rule.Bits, _ = strconv.Atoi(v)
		o.typed = true
	}
	return el("form", "rule-form",
		vecty.Markup(on("submit", func(*vecty.Event) { o.Store.Dispatch(store.AddOverride{Rule: o.rule}) }).PreventDefault()),
		choice("Layers by", "rule-by", o.rule.By, []string{"op", "pattern", "name"}, func(v string) string {
			return map[string]string{"op": "type", "pattern": "pattern of names", "name": "name"}[v]
		}, pickBy),
		el("div", "field",
			el("label", "", vecty.Markup(prop.For("rule-text")), text("Which")),
			el("input", "", vecty.Markup(prop.ID("rule-text"), prop.Type(prop.TypeText), prop.Value(o.rule.Text),
				vecty.Attribute("autocomplete", "off"), vecty.Attribute("spellcheck", "false"),
				on("input", func(e *vecty.Event) {
					o.rule.Text, o.typed = strings.TrimSpace(e.Value()), true
				})))),
		choice("Weights", "rule-bits", strconv.Itoa(o.rule.Bits), append([]string{"0"}, form.Widths()...), func(v string) string {
			return pick(v == "0", "in float", v+" bits")
		}, pickBits),
		el("button", "button", vecty.Markup(prop.Type(prop.TypeSubmit)), words("span", "", "Add")))
}
