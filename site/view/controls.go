package view

import (
	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/site/form"
	"github.com/quantscope/quantscope/site/store"
)

// button is a button with an icon (none if empty) and its words.
func button(classes, iconName, label string, disabled bool, do func()) *vecty.HTML {
	return el("button", "button "+classes,
		vecty.Markup(prop.Type(prop.TypeButton), prop.Disabled(disabled), on("click", func(*vecty.Event) { do() })),
		vecty.If(iconName != "", icon(iconName)),
		words("span", "", label))
}

// picker is a button that opens the system's file dialog: a label around a file input, so that it
// works with keyboard and screen reader. folder asks for a whole folder.
func picker(s *store.Store, id, classes, iconName, label, accept string, folder bool) *vecty.HTML {
	markup := []vecty.Applyer{
		prop.ID(id), prop.Type(prop.TypeFile), vecty.Property("multiple", true),
		vecty.Attribute("accept", accept),
		on("change", func(e *vecty.Event) {
			files := picked(e.Target())
			if len(files) > 0 {
				s.Dispatch(store.Dropped{Files: files, Model: id == "pick-model"})
			}
		}),
	}
	if folder {
		markup = append(markup, vecty.Attribute("webkitdirectory", ""))
	}
	return el("label", "button "+classes,
		el("input", "visually-hidden", vecty.Markup(markup...)),
		icon(iconName),
		words("span", "", label))
}

// input is a text field of the recipe with its label, help and what is wrong with it.
func input(s *store.Store, f form.Field) *vecty.HTML {
	value, wrong := s.State().Text(f)
	return typed(s, f, value, wrong, func(text string) { s.Dispatch(store.Edit{Field: f, Text: text}) })
}

// typed is a text field with what it shows.
func typed(s *store.Store, f form.Field, value, wrong string, edit func(text string)) *vecty.HTML {
	id := string(f.ID)
	return el("div", pick(f.Wide, "field wide", "field"),
		el("label", "", vecty.Markup(prop.For(id)), text(f.Label)),
		el("input", "", vecty.Markup(
			prop.ID(id), prop.Type(prop.TypeText), prop.Value(s.State().Typing.In(f.ID, value)),
			vecty.Attribute("autocomplete", "off"),
			vecty.Attribute("aria-describedby", id+"-help"),
			vecty.Attribute("aria-invalid", boolean(wrong != "")),
			on("input", func(e *vecty.Event) { s.Dispatch(store.Typing{Field: f.ID, Text: e.Value()}) }),
			on("change", func(e *vecty.Event) { edit(e.Value()) }),
			on("blur", func(*vecty.Event) { s.Dispatch(store.Typing{}) }),
		)),
		el("p", pick(wrong == "", "help", "help wrong"), vecty.Markup(prop.ID(id+"-help")), text(pick(wrong == "", f.Help, wrong))))
}

// choice is a list to pick from.
func choice(label, id, value string, options []string, titles func(string) string, pickOne func(string)) *vecty.HTML {
	return el("div", "field",
		el("label", "", vecty.Markup(prop.For(id)), text(label)),
		el("select", "",
			vecty.Markup(prop.ID(id), on("change", func(e *vecty.Event) { pickOne(e.Value()) })),
			each(options, func(_ int, o string) vecty.ComponentOrHTML {
				return el("option", "", vecty.Markup(vecty.Attribute("value", o), vecty.Property("selected", o == value)), text(titles(o)))
			})))
}

// segments is a switch between two ways of showing something.
func segments(label string, second bool, one, two string, choose func(second bool)) *vecty.HTML {
	segment := func(name string, is bool) *vecty.HTML {
		return el("button", pick(is == second, "segment on", "segment"),
			vecty.Markup(
				vecty.Property("type", "button"),
				vecty.Attribute("aria-pressed", boolean(is == second)),
				on("click", func(*vecty.Event) { choose(is) })),
			text(name))
	}
	return el("div", "segments", attr("role", "group", "aria-label", label), segment(one, false), segment(two, true))
}

// pair is a row of a list of facts.
func pair(term string, value ...vecty.MarkupOrChild) vecty.List {
	return vecty.List{words("dt", "", term), el("dd", "", value...)}
}

func pick[T any](cond bool, yes, no T) T {
	if cond {
		return yes
	}
	return no
}

func boolean(b bool) string { return pick(b, "true", "false") }
