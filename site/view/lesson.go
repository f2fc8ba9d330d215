package view

import (
	"strconv"

	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/lessons"
	"github.com/quantscope/quantscope/site/store"
)

// LearnPlace is a page of the lesson: its words, one picture with something to drag, and what the network answers.
type LearnPlace struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (p *LearnPlace) Copy() vecty.Component { return copyOf(p) }

// Render draws the place.
func (p *LearnPlace) Render() vecty.ComponentOrHTML {
	return guard("section", func() *vecty.HTML {
		s := p.Store.State()
		l := s.Lesson
		page := l.Taught()
		return el("section", pick(l.Present, "place-learn presented", "place-learn"), attr("aria-labelledby", "lesson-title"),
			el("div", "lesson-head",
				el("div", "",
					el("p", "lesson-of", text(l.Title+", page "+strconv.Itoa(l.Page+1)+" of "+strconv.Itoa(len(l.Pages))),
						button("quiet small lesson-present", "", "Present", false, func() { p.Store.Dispatch(store.Present{On: true}) }),
						el("button", "button quiet small", attr("type", "button", "aria-expanded", boolean(l.Edit != nil), "aria-controls", "lesson-edit"),
							vecty.Markup(on("click", func(*vecty.Event) { p.Store.Dispatch(store.EditLesson{On: l.Edit == nil}) })),
							words("span", "", "Edit lesson"))),
					el("h1", "", attr("id", "lesson-title"), text(page.Title))),
				p.pages(l)),
			when(l.Edit != nil, func() *vecty.HTML { return editLesson(p.Store) }),
			p.stage(s))
	})
}

// pages leads through the lesson.
func (p *LearnPlace) pages(l store.Lesson) *vecty.HTML {
	turn := func(page int) func() { return func() { p.Store.Dispatch(store.TurnPage{Page: page}) } }
	return el("nav", "lesson-pages", attr("aria-label", "Pages of the lesson"),
		button("small", "", "← Back", l.Page == 0, turn(l.Page-1)),
		el("ol", "", each(l.Pages, func(i int, page lessons.Page) vecty.ComponentOrHTML {
			return el("li", "", el("button", pick(i == l.Page, "page-dot here", "page-dot"),
				vecty.Markup(prop.Type(prop.TypeButton), vecty.Attribute("title", page.Title), vecty.Attribute("aria-label", "Page "+strconv.Itoa(i+1)+": "+page.Title),
					vecty.MarkupIf(i == l.Page, vecty.Attribute("aria-current", "step")),
					on("click", func(*vecty.Event) { turn(i)() })),
				text(strconv.Itoa(i+1))))
		})),
		button("small", "", "Next →", l.Page == len(l.Pages)-1, turn(l.Page+1)),
		when(l.Present, func() *vecty.HTML {
			return button("quiet small", "", "Stop", false, func() { p.Store.Dispatch(store.Present{}) })
		}))
}

// words are the page's text; once its question has been answered they give way to what can be turned.
func (p *LearnPlace) words(l store.Lesson, folded bool) vecty.List {
	blocks := func() vecty.List {
		return each(l.Taught().Text, func(_ int, b lessons.Block) vecty.ComponentOrHTML { return block(b) })
	}
	return vecty.List{
		when(!folded, func() *vecty.HTML { return el("div", "lesson-text", blocks()) }),
		when(folded, func() *vecty.HTML {
			return el("details", "lesson-again", words("summary", "", "Read the text again"), el("div", "lesson-text", blocks()))
		}),
	}
}

// block is a paragraph of a lesson.
func block(b lessons.Block) *vecty.HTML {
	return el("p", pick(b.Item, "lesson-item", ""), each(b.Spans, func(_ int, s lessons.Span) vecty.ComponentOrHTML {
		return words(pick(s.Code, "code", pick(s.Strong, "strong", "span")), "", s.Text)
	}))
}

// stage is the picture, or how to get one, beside the page's words.
func (p *LearnPlace) stage(s store.State) *vecty.HTML {
	l := s.Lesson
	ready := s.Model != nil && s.Data != nil && l.Problem == "" && l.Scene != nil
	return el("div", "lesson-stage",
		when(!ready, func() *vecty.HTML { return el("div", "card lesson-picture", p.without(s)) }),
		when(ready, func() *vecty.HTML {
			return el("div", "card lesson-picture", p.picture(l), when(l.Free(), func() *vecty.HTML { return p.controls(l) }),
				when(l.Free(), func() *vecty.HTML { return p.arithmetic(l) }))
		}),
		el("div", "card lesson-side",
			p.words(l, ready && l.Free() && l.Taught().Ask != nil),
			when(ready && !l.Free(), func() *vecty.HTML { return p.question(*l.Taught().Ask) }),
			when(ready && l.Free() && l.Taught().Ask != nil, func() *vecty.HTML { return verdict(*l.Taught().Ask, l.Guesses[l.Page]) }),
			when(ready && l.Free() && !l.Trains(), func() *vecty.HTML { return p.answers(l) }),
			when(ready && l.Free() && l.Trains(), func() *vecty.HTML { return trained(l) }),
			when(ready && l.Free() && l.Taught().Task != nil, func() *vecty.HTML { return task(*l.Taught().Task, l) }),
			when(ready && l.Free() && l.Page == len(l.Pages)-1, func() *vecty.HTML { return homework(p.Store) })),
		slot(ready && l.Free() && l.Open, func() vecty.Component { return &Arithmetic{Store: p.Store} }))
}

// without says what stands between the page and its picture.
func (p *LearnPlace) without(s store.State) *vecty.HTML {
	l := s.Lesson
	switch {
	case s.Model == nil || s.Data == nil:
		missing := pick(s.Model == nil, "a network and some images", "some images for this network")
		return el("div", "empty lesson-empty", icon("images"),
			words("p", "", "A lesson is given on a real network: it needs "+missing+". Drop your own anywhere on this page, or take the sample that ships with it."),
			button("primary", "play", "Use the built-in sample", len(s.Jobs) > 0, func() { p.Store.Dispatch(store.AskSample{}) }))
	case l.Problem != "":
		return el("div", "warning lesson-problem", words("p", "", l.Problem),
			button("small", "", "Try again", false, func() { p.Store.Dispatch(store.Watch{Layer: l.Layer, Item: l.Item}) }))
	}
	return el("div", "empty lesson-empty", attr("aria-busy", "true"), words("p", "", "Calibrating “"+s.Model.Summary.Name+"” for the lesson…"))
}

func (p *LearnPlace) picture(l store.Lesson) vecty.List {
	return vecty.List{
		slot(l.Taught().Picture == lessons.Clip, func() vecty.Component { return &ClipPicture{Store: p.Store} }),
		slot(l.Taught().Picture == lessons.Steps, func() vecty.Component { return &StepsPicture{Store: p.Store} }),
		slot(l.Taught().Picture == lessons.Scales, func() vecty.Component { return &ScalesPicture{Store: p.Store} }),
		slot(l.Taught().Picture == lessons.Zero, func() vecty.Component { return &ZeroPicture{Store: p.Store} }),
		slot(l.Taught().Picture == lessons.Channels, func() vecty.Component { return &ChannelsPicture{Store: p.Store} }),
		slot(l.Taught().Picture == lessons.Training, func() vecty.Component { return &TrainingPicture{Store: p.Store} }),
	}
}

// question is to be answered before anything moves.
func (p *LearnPlace) question(q lessons.Question) *vecty.HTML {
	return el("div", "lesson-question",
		words("h2", "", "Predict first"),
		words("p", "", q.Ask),
		el("div", "lesson-options", each(q.Options, func(i int, o lessons.Option) vecty.ComponentOrHTML {
			return button("", "", o.Text, false, func() { p.Store.Dispatch(store.Predict{Option: i}) })
		})))
}

// verdict says what was measured, and whether it was predicted.
func verdict(q lessons.Question, g store.Guess) *vecty.HTML {
	said := "Measuring on your network…"
	if g.Measured {
		said = "Measured: " + told(q.Measure, g.Value) + ". "
		for i, o := range q.Options {
			if g.Value >= o.From && g.Value <= o.To {
				said += pick(i == g.Option, "You predicted it.", "You said: "+q.Options[g.Option].Text+".")
			}
		}
	}
	return words("p", "lesson-measured", said)
}

// told writes what was measured with its unit.
func told(m lessons.Measure, value float64) string {
	switch m {
	case lessons.Changed:
		return phrase.Plural(int(value), "image", "images")
	case lessons.Used, lessons.Least:
		return phrase.Plural(int(value), "code", "codes")
	case lessons.BitsNow:
		return phrase.Plural(int(value), "bit", "bits")
	case lessons.SQNR:
		return phrase.Decibels(value)
	}
	return share(value / 100)
}

// adjust changes the setting of the page.
func adjust(st *store.Store, change func(s *lessons.Setting)) {
	setting := st.State().Lesson.Setting
	change(&setting)
	st.Dispatch(store.Adjust{Setting: setting})
}

// arithmetic is the button that opens the arithmetic below.
func (p *LearnPlace) arithmetic(l store.Lesson) *vecty.HTML {
	return el("button", "button small lesson-open", attr("type", "button", "aria-expanded", boolean(l.Open), "aria-controls", "lesson-sum"),
		vecty.Markup(on("click", func(*vecty.Event) { p.Store.Dispatch(store.WriteOut{On: !l.Open, Element: -1}) })),
		words("span", "", pick(l.Open, "Hide the arithmetic", "Look at the arithmetic")))
}

// controls are what can be turned besides the picture's own handle.
func (p *LearnPlace) controls(l store.Lesson) *vecty.HTML {
	return el("div", "lesson-controls",
		when(l.Offers(lessons.Bits), func() *vecty.HTML {
			return slider("lesson-bits", "Bits", strconv.Itoa(l.Setting.Bits), 2, 8, l.Setting.Bits, func(n int) {
				adjust(p.Store, func(s *lessons.Setting) { s.Bits = n })
			})
		}),
		when(l.Offers(lessons.Rate), func() *vecty.HTML {
			return slider("lesson-rate", "Learning rate", phrase.Small(l.Setting.Rate), 0, len(rates())-1, rate(l.Setting.Rate), func(n int) {
				adjust(p.Store, func(s *lessons.Setting) { s.Rate = rates()[n] })
			})
		}),
		when(l.Offers(lessons.Learn), func() *vecty.HTML {
			return labelled("Scale", segments("Scale", l.Setting.Learn, "Fixed", "Learned (LSQ)", func(learn bool) {
				adjust(p.Store, func(s *lessons.Setting) { s.Learn = learn })
			}))
		}),
		when(l.Offers(lessons.Granularity), func() *vecty.HTML {
			return labelled("Scales", segments("Scales", !l.Setting.PerTensor, "One for all", "Per channel", func(each bool) {
				adjust(p.Store, func(s *lessons.Setting) { s.PerTensor = !each })
			}))
		}),
		when(l.Offers(lessons.Scope), func() *vecty.HTML {
			return choice("Quantized", "lesson-scope", l.Setting.Scope, []string{string(inspect.OnlyLayer), string(inspect.UpToLayer), string(inspect.Whole)}, scopeTitle, func(v string) {
				adjust(p.Store, func(s *lessons.Setting) { s.Scope = v })
			})
		}),
		when(l.Offers(lessons.Layer), func() *vecty.HTML {
			var indices []string
			for i := range l.Scene.Layers {
				indices = append(indices, strconv.Itoa(i))
			}
			return choice("Layer", "lesson-layer", strconv.Itoa(l.Scene.Layer), indices, func(v string) string {
				i, _ := strconv.Atoi(v) // one of ours
				return l.Scene.Layers[i].Name + pick(l.Scene.Layers[i].Depthwise, " (depthwise)", "")
			}, func(v string) {
				if i, err := strconv.Atoi(v); err == nil {
					p.Store.Dispatch(store.Watch{Layer: i, Item: l.Item})
				}
			})
		}))
}

// labelled puts a name over a switch, which has that name already for those who do not see it.
func labelled(name string, control *vecty.HTML) *vecty.HTML {
	return el("div", "field", el("span", "label", attr("aria-hidden", "true"), text(name)), control)
}

// rates are the learning rates that there are.
func rates() []float64 {
	return []float64{1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2}
}

// rate is the place of the nearest one.
func rate(of float64) int {
	at := 0
	for i, r := range rates() {
		if r <= of*1.01 {
			at = i
		}
	}
	return at
}

func scopeTitle(scope string) string {
	switch inspect.Scope(scope) {
	case inspect.OnlyLayer:
		return "Only this layer"
	case inspect.UpToLayer:
		return "Up to this layer"
	}
	return "The whole network"
}

// slider is a labelled range input with its value beside it.
func slider(id, label, value string, least, most, at int, turn func(n int)) *vecty.HTML {
	return el("div", "field lesson-slider",
		el("label", "", vecty.Markup(prop.For(id)), text(label)),
		el("div", "inline",
			handle(id, "", value, least, most, at, turn),
			words("output", "", value)))
}

// handle is a range input that says its value in words.
func handle(id, classes, value string, least, most, at int, turn func(n int)) *vecty.HTML {
	return el("input", classes, vecty.Markup(
		prop.ID(id), prop.Type(prop.TypeRange),
		vecty.Attribute("min", strconv.Itoa(least)), vecty.Attribute("max", strconv.Itoa(most)), vecty.Attribute("step", "1"),
		vecty.Attribute("aria-valuetext", value),
		prop.Value(strconv.Itoa(at)),
		on("input", func(e *vecty.Event) {
			if n, err := strconv.Atoi(e.Value()); err == nil {
				turn(n)
			}
		})))
}
