package view

import (
	"strings"

	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/site/store"
)

// Configuration takes MQBench's own configuration as the recipe.
type Configuration struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
	text  string
}

// Copy is for Vecty.
func (c *Configuration) Copy() vecty.Component { return copyOf(c) }

// Render draws the section.
func (c *Configuration) Render() vecty.ComponentOrHTML {
	return guard("details", func() *vecty.HTML {
		s := c.Store.State()
		from := s.FromMQBench()
		return el("details", "card from-mqbench",
			el("summary", "", words("h2", "", "From MQBench"),
				words("span", "help", "Paste a configuration of MQBench’s own: YAML, JSON or a Python dict.")),
			el("form", "configuration", vecty.Markup(on("submit", func(*vecty.Event) {
				if strings.TrimSpace(c.text) != "" {
					c.Store.Dispatch(store.Translate{Text: c.text})
				}
			}).PreventDefault()),
				el("label", "", attr("for", "mqbench"), text("Configuration")),
				el("textarea", "", vecty.Markup(prop.ID("mqbench"), vecty.Attribute("rows", "7"), vecty.Attribute("spellcheck", "false"),
					vecty.Attribute("aria-describedby", "mqbench-help"),
					on("input", func(e *vecty.Event) { c.text = e.Value() }))),
				el("p", "help", attr("id", "mqbench-help"), text("It replaces the recipe; Undo takes it back. Preprocessing and data stay where it says nothing of them.")),
				el("div", "actions", el("button", "button", vecty.Markup(prop.Type(prop.TypeSubmit), vecty.Property("disabled", len(s.Jobs) > 0)), words("span", "", "Use this configuration"))),
				when(from != nil, func() *vecty.HTML { return words("p", "", "The recipe is this configuration’s.") }),
				when(from != nil && len(from.Notes) > 0, func() *vecty.HTML { return notes(from.Notes) })))
	})
}
