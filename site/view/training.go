package view

import (
	"strconv"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/site/form"
	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/site/store"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Training recovers a result by training with its quantizers in place: a form, the course while it trains, and the
// course of a result that was trained.
type Training struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (t *Training) Copy() vecty.Component { return copyOf(t) }

// Render draws the section.
func (t *Training) Render() vecty.ComponentOrHTML {
	return guard("section", func() *vecty.HTML {
		s := t.Store.State()
		curve, title := s.Shown(), "Training"
		if k := s.LeftTraining(); k != nil && k.Stage == protocol.StageRefine && curve == nil {
			title = "Learned rounding"
		}
		return el("section", "card table-card training", attr("aria-labelledby", "training-title"),
			el("div", "table-head", el("h2", "", attr("id", "training-title", "tabindex", "-1"), text(title))),
			when(s.OpenedForm() == store.FormTraining, func() *vecty.HTML {
				return words("p", "help", "Trains the network with its quantizers in place, so that its weights make up for what quantization takes. It learns on the calibration items, from the float network's answers or from labels; the evaluation items are not trained on.")
			}),
			when(s.OpenedForm() == store.FormTraining, func() *vecty.HTML { return t.form(s) }),
			leftOver(t.Store),
			when(curve != nil, func() *vecty.HTML { return t.course(s, *curve) }))
	})
}

// recoverBy is the button that opens the form.
func recoverBy(st *store.Store, classes string) *vecty.HTML {
	s := st.State()
	label := "Recover by training"
	if s.Result != nil && s.Result.Recipe.Train != (recipe.Training{}) {
		label = "Train differently"
	}
	return el("button", "button "+classes, attr("type", "button", "aria-expanded", boolean(s.OpenedForm() == store.FormTraining), "aria-controls", "training-form"),
		vecty.Markup(vecty.Property("disabled", s.Unexamined() != ""), on("click", func(*vecty.Event) { st.Dispatch(toggled(s, store.FormTraining)) })),
		icon("spark"), words("span", "", label))
}

func (t *Training) form(s store.State) *vecty.HTML {
	target := form.TrainingTarget(s.Data != nil && s.Data.Summary.Labelled > 0)
	choices, fields, toggles := form.TrainingFurther()
	return draft(t.Store, "training-form", form.TrainingFields(), []form.Choice{target}, cost(s), "Train",
		el("details", "training-further",
			el("summary", "", words("span", "", "Schedule, decay, averaging, varied images")),
			drafted(t.Store, fields, choices),
			el("div", "training-fields", each(toggles, func(_ int, g form.Toggle) vecty.ComponentOrHTML {
				return checkbox(string(g.ID), g.Label, g.Help, g.Get(s.Draft.Recipe), func(on bool) { t.Store.Dispatch(store.SwitchDraft{Toggle: g, On: on}) })
			}))))
}

// drafted are fields and choices of a draft.
func drafted(st *store.Store, fields []form.Field, choices []form.Choice) *vecty.HTML {
	s := st.State()
	return el("div", "training-fields",
		each(choices, func(_ int, c form.Choice) vecty.ComponentOrHTML {
			return choice(c.Label, string(c.ID), c.Get(s.Draft.Recipe), c.Options, phrase.Spelled, func(v string) {
				st.Dispatch(store.PickDraft{Choice: c, Value: v})
			})
		}),
		each(fields, func(_ int, f form.Field) vecty.ComponentOrHTML {
			value, wrong := s.DraftText(f)
			return typed(st, f, value, wrong, func(text string) { st.Dispatch(store.EditDraft{Field: f, Text: text}) })
		}))
}

// draft is the form of what is to be run next beside a result: fields, choices, what it will cost, and the button that
// runs it.
func draft(st *store.Store, id string, fields []form.Field, choices []form.Choice, cost, run string, further ...vecty.MarkupOrChild) *vecty.HTML {
	closed := st.State().Unready()
	return el("div", "training-form", attr("id", id),
		drafted(st, fields, choices),
		el("div", "", further...),
		words("p", pick(closed == "", "help", "help wrong"), pick(closed == "", cost, closed)),
		el("div", "actions",
			button("primary", "play", run, closed != "", func() { st.Dispatch(store.RunDraft{}) }),
			button("quiet", "", "Close", false, func() { st.Dispatch(store.OpenForm{}) })))
}

// toggled opens a form, or closes it where it is open.
func toggled(s store.State, f store.Form) store.OpenForm {
	if s.OpenedForm() == f {
		return store.OpenForm{}
	}
	return store.OpenForm{Form: f}
}

// cost says what the training will take.
func cost(s store.State) string {
	steps, items := s.Steps()
	out := phrase.Plural(steps, "step", "steps") + " on " + phrase.Plural(items, "item", "items")
	return out + about(s.Cost()) + ". The page stays usable, you can cancel, and Undo takes it back."
}

// about tells the seconds that something takes, where they are known.
func about(seconds float64, known bool) string {
	if !known {
		return ""
	}
	return ", about " + phrase.Seconds(seconds) + " on this machine, and a run"
}

// The size of each picture, in its own units.
const (
	courseWidth  = 420
	courseHeight = 120
)

// course draws losses and, at the ends of epochs, what is reached on evaluation items.
func (t *Training) course(s store.State, c store.Curve) *vecty.HTML {
	var losses, scores []plot.Point
	for _, l := range c.Losses {
		losses = append(losses, plot.Point{Step: l.Step, Value: l.Loss})
	}
	name, levels, names := "", []float64(nil), []string{"float", "not trained"}
	for _, x := range c.Scores {
		reached, float, n := reached(x.Accuracy)
		name = pick(x.Accuracy.Labelled > 0, "Top-1", "Agreement with float") + " of " + phrase.Plural(n, "evaluation item", "evaluation items")
		if len(levels) == 0 {
			levels = []float64{float, reached}
		}
		scores = append(scores, plot.Point{Step: x.Step, Value: reached})
	}
	sentence := name
	if len(scores) > 0 {
		sentence += ": " + phrase.Percent(levels[1]) + " before training, " + phrase.Percent(scores[len(scores)-1].Value) + " now; float " + phrase.Percent(levels[0]) + "."
	}
	return el("div", "training-course",
		el("div", "training-head",
			words("p", "training-now", now(s, c))),
		el("div", "training-plots",
			picture("loss", "Loss", plot.CourseSentence(losses), plot.NewCourse(losses, c.Now.Steps, nil, courseWidth, courseHeight), c.Now.Steps, nil, phrase.Small),
			when(len(scores) > 0, func() *vecty.HTML {
				return picture("reached", name, sentence, plot.NewCourse(scores, c.Now.Steps, levels, courseWidth, courseHeight), c.Now.Steps, names, phrase.Percent)
			})),
		when(len(c.Now.Quantizers) > 0, func() *vecty.HTML { return standings(c.Now.Quantizers) }))
}

// leftOver offers to go on with a training, or a rounding, that did not end.
func leftOver(st *store.Store) vecty.List {
	k := st.State().LeftTraining()
	return when(k != nil, func() *vecty.HTML {
		rounding := k.Stage == protocol.StageRefine
		return el("div", "training-form",
			words("p", "", pick(rounding, "Learning the rounding stopped after iteration ", "A training stopped after step ")+strconv.Itoa(k.Step)+" of "+strconv.Itoa(k.Steps)+". Resuming gives the same bits as never stopping."),
			el("div", "actions",
				button("primary", "play", pick(rounding, "Go on learning", "Go on training"), false, func() { st.Dispatch(store.ResumeTraining{}) }),
				button("quiet", "", "Discard it", false, func() { st.Dispatch(store.DropTraining{}) })))
	})
}

// reached is what share of the answers is right, or agrees with float where nothing has a label; of how many.
func reached(a report.Accuracy) (quantized, float float64, n int) {
	if a.Labelled > 0 {
		return phrase.Ratio(a.Quantized, a.Labelled), phrase.Ratio(a.Float, a.Labelled), a.Labelled
	}
	return phrase.Ratio(a.Agree, a.Items), 1, a.Items
}

// now says how far it is.
func now(s store.State, c store.Curve) string {
	m := c.Now
	if m.Step == 0 && len(c.Losses) == 0 {
		return "Training starts once the network is calibrated."
	}
	if !s.InTraining() {
		return "Trained " + s.Result.Recipe.Train.String() + "."
	}
	out := "Epoch " + strconv.Itoa(m.Epoch) + " of " + strconv.Itoa(m.Epochs) + ", step " + strconv.Itoa(m.Step) + " of " + strconv.Itoa(m.Steps)
	if n := len(c.Losses); n > 0 {
		out += ", loss " + phrase.Small(c.Losses[n-1].Loss) + ", learning rate " + phrase.Small(float64(m.Rate))
	}
	if m.Speed > 0 {
		out += ", " + phrase.Small(m.Speed) + " steps a second"
	}
	return out + "; memory " + phrase.Bytes(int64(m.Memory)) + "."
}

// picture is one course as a figure. Each of its levels has a name.
func picture(class, title, sentence string, c plot.Course, steps int, levels []string, say func(float64) string) *vecty.HTML {
	at := func(class string, x1, y1, x2, y2 float64) *vecty.HTML {
		return svg("line", []string{"class", class, "x1", num(x1), "y1", num(y1), "x2", num(x2), "y2", num(y2)})
	}
	return el("figure", "plot plot-course plot-"+class,
		words("h3", "", title),
		svg("svg", []string{"viewBox", "-60 -12 500 158", "role", "img", "aria-label", sentence},
			at("axis", 0, courseHeight, courseWidth, courseHeight), at("axis", 0, 0, 0, courseHeight),
			each(c.Lines, func(i int, y float64) vecty.ComponentOrHTML {
				return svg("g", nil, at("crosshair", 0, y, courseWidth, y), // the first above its line, the second below
					svg("text", []string{"class", "halo", "x", num(courseWidth), "y", num(y + pick(i == 0, -5.0, 14.0)), "text-anchor", "end"}, text(levels[i])))
			}),
			svg("path", []string{"class", "course", "d", c.Path}),
			when(levels != nil, func() *vecty.HTML {
				return svg("g", []string{"class", "course-dots"}, each(c.Dots, func(_ int, d plot.Dot) vecty.ComponentOrHTML {
					return svg("circle", []string{"cx", num(d.X), "cy", num(d.Y), "r", "4"})
				}))
			}),
			svg("text", []string{"x", "-6", "y", "10", "text-anchor", "end"}, text(say(c.High))),
			svg("text", []string{"x", "-6", "y", num(courseHeight), "text-anchor", "end"}, text(say(c.Low))),
			svg("text", []string{"x", num(courseWidth), "y", num(courseHeight + 18), "text-anchor", "end"}, text(phrase.Plural(steps, "step", "steps")))),
		words("figcaption", "", sentence))
}
