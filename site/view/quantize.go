package view

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/form"
	"github.com/quantscope/quantscope/site/store"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// QuantizePlace chooses a configuration and starts the run.
type QuantizePlace struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (p *QuantizePlace) Copy() vecty.Component { return copyOf(p) }

// Render draws the place.
func (p *QuantizePlace) Render() vecty.ComponentOrHTML {
	return guard("section", func() *vecty.HTML {
		s := p.Store.State()
		obstacle := s.Obstacle()
		return el("section", "place-quantize",
			el("div", "place-head",
				el("div", "",
					words("h1", "", "Quantize"),
					words("p", "lede", "Choose bit widths and how ranges are measured.")),
				el("div", "actions", undo(p.Store))),
			preprocessGuard(p.Store),
			el("div", "choose",
				el("div", "configs",
					each(form.Configs(), func(_ int, c form.Config) vecty.ComponentOrHTML {
						if c.Backend {
							return nil
						}
						return p.config(s, c)
					}),
					p.backend(s)),
				el("div", "card go",
					words("h2", "", "This run"),
					el("dl", "facts", p.facts(s)),
					words("p", pick(s.Impossible() == "", "help", "help wrong"), pick(obstacle == "", plan(s), obstacle)),
					el("div", "actions",
						button("primary big", "spark", "Quantize", obstacle != "", func() { p.Store.Dispatch(store.Quantize{}) }),
						p.remedy(s)),
					leftOver(p.Store),
					p.recommended(s, obstacle)),
				el("div", "settings",
					&Advanced{Store: p.Store},
					&Overrides{Store: p.Store},
					&Configuration{Store: p.Store})),
			&Backends{Store: p.Store})
	})
}

// config is one configuration as a card with a radio button.
func (p *QuantizePlace) config(s store.State, c form.Config) *vecty.HTML {
	chosen := s.Recipe.Name == c.Recipe.Name
	return el("label", pick(chosen, "card config chosen", "card config"),
		el("input", "", vecty.Markup(
			prop.Type(prop.TypeRadio), prop.Name("config"), prop.ID(c.Recipe.Name), prop.Checked(chosen),
			on("change", func(*vecty.Event) { p.Store.Dispatch(store.ChooseConfig{Name: c.Recipe.Name}) }))),
		el("div", "",
			el("h2", "", unbroken(phrase.Preset(c.Recipe.Name)), when(phrase.Preset(c.Recipe.Name) != c.Recipe.Name, func() *vecty.HTML { return words("code", "preset-name", c.Recipe.Name) }), when(c.Recipe.Name == "config1", func() *vecty.HTML { return words("span", "badge", "recommended") })),
			words("p", "", c.About),
			el("dl", "facts small",
				pair("Weights", text(phrase.Quantizer(c.Recipe.Weight))),
				pair("Activations", text(phrase.Quantizer(c.Recipe.Activation))))))
}

// unbroken is a name whose first word does not break at its hyphen.
func unbroken(name string) *vecty.HTML {
	first, rest, _ := strings.Cut(name, " ")
	return el("span", "", words("span", "unbroken", first), text(strings.TrimSuffix(" "+rest, " ")))
}

// backend is the card of the engines that a network can be quantized for.
func (p *QuantizePlace) backend(s store.State) *vecty.HTML {
	c, chosen := form.Backend(s.Recipe.Name)
	var names []string
	for _, o := range form.Configs() {
		if o.Backend {
			names = append(names, o.Recipe.Name)
		}
	}
	take := func(name string) { p.Store.Dispatch(store.ChooseConfig{Name: name}) }
	return el("div", pick(chosen, "card config chosen", "card config"),
		el("input", "", vecty.Markup(
			prop.Type(prop.TypeRadio), prop.Name("config"), prop.ID("for-backend"), prop.Checked(chosen),
			on("change", func(*vecty.Event) { take(c.Recipe.Name) }))),
		el("div", "",
			el("h2", "", el("label", "", vecty.Markup(prop.For("for-backend")), text("For a chip or runtime"))),
			choice("Backend", "backend", c.Recipe.Name, names, same, take),
			words("p", "", c.About),
			el("dl", "facts small",
				pair("Weights", text(phrase.Quantizer(c.Recipe.Weight))),
				pair("Activations", text(phrase.Quantizer(c.Recipe.Activation))))))
}

func same(s string) string { return s }

func (p *QuantizePlace) facts(s store.State) vecty.List {
	calibration, evaluation := s.Split()
	model, data := "none yet", "none yet"
	if s.Model != nil {
		model = s.Model.Summary.Name
	}
	if s.Data != nil {
		data = phrase.Plural(s.Data.Summary.Items, "item", "items")
	}
	return vecty.List{
		pair("Model", text(model)),
		pair("Data", text(data)),
		pair("Preprocessing", text(phrase.PreprocessTitle(s.Recipe)+" "), words("span", "help", s.GuardWords())),
		pair("Calibration", text(phrase.Plural(calibration, "item", "items")+" in batches of "+strconv.Itoa(s.Recipe.Data.Batch)+", seed "+strconv.FormatUint(s.Recipe.Data.Seed, 10))),
		pair("Evaluation", text(phrase.Plural(evaluation, "item", "items")+", class offset "+strconv.Itoa(s.Recipe.Data.ClassOffset))),
		pair("Recipe", text(phrase.Describe(s.Recipe))),
		when(s.Model != nil, func() *vecty.HTML { return words("dt", "", "Predicted size") }),
		when(s.Model != nil, func() *vecty.HTML {
			float, quantized := s.Predicted()
			return words("dd", "predicted", phrase.Bytes(float)+" → about "+phrase.Bytes(quantized))
		}),
		pair("Placement", text(s.Recipe.Backend+", rounding as "+phrase.Spelled(string(s.Recipe.Rule)))),
	}
}

// recommended looks for a better recipe than what is chosen, and runs with it.
func (p *QuantizePlace) recommended(s store.State, obstacle string) vecty.List {
	if obstacle != "" && !s.Examined() && s.Improved() == nil {
		return nil
	}
	_, evaluation := s.Split()
	cost := searchTakes(s.Learn) + "; the run that follows " + pick(s.Learn, "learns again on all calibration items, and ", "") + "gives the result on " + phrase.Plural(evaluation, "item", "items") + "."
	return vecty.List{el("div", "recommended",
		el("h3", "", attr("id", "recommended-title", "tabindex", "-1"), text("Recommended")),
		words("p", "help", "Starts from what is chosen and tries equalization, GPTQ, other ranges, bias correction and, if that is not enough, more bits for the worst layers; keeps what leaves less noise on calibration items, and quantizes with it. You can stop it and take the best so far. "+cost),
		checkbox("learn-too", "Learn rounding too", "With BRECQ, as many iterations for each part of the network as end in time, 500 at most.", s.Learn, func(on bool) { p.Store.Dispatch(store.LearnToo{On: on}) }),
		el("div", "actions", button("", "spark", "Find the best recipe", s.Unimproved() != "", func() { p.Store.Dispatch(store.Improve{}) })),
		when(s.Improved() != nil, func() *vecty.HTML { return improved(p.Store, *s.Improved()) }))}
}

// searchTakes says how long a better recipe is looked for.
func searchTakes(learns bool) string {
	if learns {
		return fmt.Sprintf("The search takes some %.0f minutes", protocol.LearnTime.Minutes())
	}
	return fmt.Sprintf("The search takes %.0f s at most, longer only where its first change does", protocol.ImproveTime.Seconds())
}

// plan says what pressing the button will do.
func plan(s store.State) string {
	calibration, evaluation := s.Split()
	return "Calibrates on " + phrase.Plural(calibration, "item", "items") + ", then runs the float and the quantized network on " +
		phrase.Plural(evaluation, "item", "items") + ". The page stays usable, and you can cancel."
}

// remedy leads to what is missing.
func (p *QuantizePlace) remedy(s store.State) vecty.MarkupOrChild {
	switch {
	case s.Model == nil:
		return picker(p.Store, "pick-model", "", "file", "Choose a model", store.ModelFiles(), false)
	case s.Data == nil:
		return button("", "images", "Add data", false, func() { p.Store.Dispatch(store.Go{Place: store.AtData}) })
	}
	return nil
}
