package view

import (
	"strings"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/site/form"
	"github.com/quantscope/quantscope/site/store"
)

// DataPlace takes images and arrays, and says how they become the network's input and how they are
// split.
type DataPlace struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (p *DataPlace) Copy() vecty.Component { return copyOf(p) }

// Render draws the place.
func (p *DataPlace) Render() vecty.ComponentOrHTML {
	return guard("section", func() *vecty.HTML {
		s := p.Store.State()
		lede := "Images calibrate the ranges of the activations, and show what quantization costs."
		title := "Data"
		if s.Data != nil {
			title = phrase.Plural(s.Data.Summary.Items, "item", "items")
			lede = labels(s)
		}
		return el("section", "place-data",
			el("div", "place-head",
				el("div", "", words("h1", "", title), words("p", "lede", lede)),
				when(s.Data != nil, func() *vecty.HTML {
					if s.Model == nil {
						return el("div", "actions", p.pickers("quiet"), picker(p.Store, "pick-model", "primary", "file", "Now choose a model", store.ModelFiles(), false))
					}
					return el("div", "actions", p.pickers("quiet"), onward(p.Store))
				})),
			preprocessGuard(p.Store),
			when(s.Data == nil, func() *vecty.HTML {
				return el("div", "dropzone wide",
					icon("images"),
					words("p", "dropzone-title", "Drop a folder of images"),
					words("p", "help", "JPEG or PNG, a .zip of them, .npy or .npz arrays. Labels come from folder names, file-name prefixes or a CSV; without labels, agreement with float is measured."),
					el("div", "actions", p.pickers("primary")))
			}),
			when(s.Data != nil && s.Model != nil && !s.Busy() && s.Obstacle() != "", func() *vecty.HTML { return words("p", "help wrong obstacle", s.Obstacle()) }),
			when(s.Data != nil && len(s.Data.Summary.Notes) > 0, func() *vecty.HTML { return notes(s.Data.Summary.Notes) }),
			when(s.Data != nil && s.Model != nil, func() *vecty.HTML { return preview(s.Preview) }),
			el("div", "columns",
				p.preprocess(s),
				el("div", "stack",
					p.split(s),
					when(s.Data != nil && s.Model != nil, func() *vecty.HTML { return adequacy(p.Store) }),
					when(s.Data != nil && len(s.Data.Summary.Classes) > 0, func() *vecty.HTML { return classes(s.Data.Summary) }))))
	})
}

// onward leads from model and data on to the recipe, or to the run with the present one at once.
func onward(s *store.Store) vecty.List {
	return vecty.List{
		button("", "", "Choose the recipe", false, func() { s.Dispatch(store.Go{Place: store.AtQuantize}) }),
		button("primary", "spark", "Quantize now", s.State().Obstacle() != "", func() { s.Dispatch(store.Quantize{}) }),
	}
}

func (p *DataPlace) pickers(classes string) vecty.List {
	accept := strings.Join(store.DataExtensions(), ",")
	return vecty.List{
		picker(p.Store, "pick-folder", classes, "folder", "Choose a folder", "", true),
		picker(p.Store, "pick-files", "quiet", "images", "Choose files", accept, false),
	}
}

// labels says what is known about the right answers.
func labels(s store.State) string {
	d := s.Data.Summary
	switch {
	case d.Labelled == 0:
		return "No labels were found: the quantized network is compared with the float one."
	case d.Labelled < d.Items:
		return phrase.Plural(d.Labelled, "item has a label", "items have labels") + " of " + phrase.Plural(d.Distinct, "class", "classes") + ", " + phrase.LabelSource(d.Source) + "."
	}
	return "All labelled " + phrase.LabelSource(d.Source) + ", " + phrase.Plural(d.Distinct, "class", "classes") + "."
}

func (p *DataPlace) preprocess(s store.State) *vecty.HTML {
	names := []string{}
	for _, f := range recipe.Families() {
		names = append(names, f.Name)
	}
	now := phrase.PreprocessName(s.Recipe)
	if now == "custom" {
		names = append(names, "custom")
	}
	return el("div", "card",
		words("h2", "", "Preprocessing"),
		words("p", "help", "As the network was trained. A wrong mean or channel order costs more accuracy than quantization does."),
		words("p", "help guard-words", s.GuardWords()),
		choice("Preset", "preprocess", now, names, phrase.FamilyTitle,
			func(n string) { p.Store.Dispatch(store.ChoosePreprocess{Name: n}) }),
		el("div", "fields",
			each(form.PreprocessFields(), func(_ int, f form.Field) vecty.ComponentOrHTML { return input(p.Store, f) }),
			each(form.PreprocessChoices(), func(_ int, c form.Choice) vecty.ComponentOrHTML {
				return choice(c.Label, string(c.ID), c.Get(s.Recipe), c.Options, strings.ToUpper,
					func(v string) { p.Store.Dispatch(store.Pick{Choice: c, Value: v}) })
			})))
}

func (p *DataPlace) split(s store.State) *vecty.HTML {
	return el("div", "card",
		words("h2", "", "Calibration and evaluation"),
		when(s.Data != nil, func() *vecty.HTML { return splitBar(s) }),
		el("div", "fields",
			each(form.DataFields(), func(_ int, f form.Field) vecty.ComponentOrHTML { return input(p.Store, f) })),
		checkbox("overlap", "Evaluate on calibration items too", "The figures then look better than they are.", s.Recipe.Data.Overlap,
			func(on bool) { p.Store.Dispatch(store.AllowOverlap{On: on}) }))
}

// classes are the first few classes with their counts.
func classes(d inspect.Data) *vecty.HTML {
	rest := d.Distinct - len(d.Classes)
	return el("div", "card",
		words("h2", "", "Labels"),
		el("ul", "chips",
			each(d.Classes, func(_ int, c inspect.Class) vecty.ComponentOrHTML {
				return el("li", "", text(phrase.Class(c.Index, c.Name)), words("span", "count", "×"+phrase.Count(int64(c.Count))))
			}),
			when(rest > 0, func() *vecty.HTML { return words("li", "count", "and "+phrase.Count(int64(rest))+" more") })))
}

// splitBar shows the two sets as parts of all items.
func splitBar(s store.State) *vecty.HTML {
	calibration, evaluation := s.Split()
	total := float64(max(s.Data.Summary.Items, 1))
	c, e := 100*float64(calibration)/total, 100*float64(evaluation)/total
	start := c
	if s.Recipe.Data.Overlap {
		start = max(0, 100-e)
	}
	summary := phrase.Plural(calibration, "item calibrates", "items calibrate") + ", " + phrase.Plural(evaluation, "is evaluated", "are evaluated")
	return el("figure", "split",
		svg("svg", []string{"viewBox", "0 0 100 6", "preserveAspectRatio", "none", "role", "img", "aria-label", summary},
			svg("rect", []string{"class", "rest", "x", "0", "y", "0", "width", "100", "height", "6"}),
			svg("rect", []string{"class", "evaluation", "x", num(start), "y", "0", "width", num(min(e, 100-start)), "height", "6"}),
			svg("rect", []string{"class", "calibration", "x", "0", "y", "0", "width", num(c), "height", pick(s.Recipe.Data.Overlap, "3", "6")})),
		el("figcaption", "", el("span", "key calibration", text(phrase.Count(int64(calibration))+" calibrate")), el("span", "key evaluation", text(phrase.Count(int64(evaluation))+" evaluate"))))
}
