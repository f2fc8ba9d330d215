package view

import (
	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/site/store"
)

// ClaimPlace is the page of a result link: what somebody reports, and what is found when it is
// computed again here.
type ClaimPlace struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (p *ClaimPlace) Copy() vecty.Component { return copyOf(p) }

// Render draws the place.
func (p *ClaimPlace) Render() vecty.ComponentOrHTML {
	return guard("section", func() *vecty.HTML {
		s := p.Store.State()
		c := s.Claim
		switch {
		case c == nil || c.Receipt == nil && c.Problem == "":
			return el("section", "place-claim", el("div", "place-head", el("div", "",
				words("h1", "", "Shared result"), words("p", "lede", "Fetching the receipt…"))))
		case c.Problem != "":
			return el("section", "place-claim",
				el("div", "place-head", el("div", "", words("h1", "", "This result cannot be shown"), words("p", "lede", c.Problem))),
				button("primary", "", "Start with a model of your own", false, func() { p.Store.Dispatch(store.Fork{}) }))
		}
		return el("section", "place-claim",
			el("div", "place-head",
				el("div", "",
					words("h1", "", "Shared result of "+c.Title()),
					words("p", "lede", "The figures below are reported by the sender. Each says whether it was recomputed here, which takes your own copy of the model, and of the images.")),
				el("div", "actions",
					when(c.Run != 0, func() *vecty.HTML {
						return button("primary", "", "Open in Inspect", false, func() { p.Store.Dispatch(store.OpenChecked{}) })
					}),
					button("quiet", "", "Change something", false, func() { p.Store.Dispatch(store.Fork{}) }))),
			reported(c),
			el("div", "columns",
				p.check(s, c),
				el("div", "card", words("h2", "", "The receipt"), recipeWords(c.Receipt), receiptFacts(c.Receipt))),
			claimLayers(c))
	})
}

// reported shows the receipt's figures, each marked as somebody's word until it was recomputed.
func reported(c *store.Claim) *vecty.HTML {
	m := c.Receipt.Metrics
	mark := func(f store.Figure) *vecty.HTML {
		text, status := c.Check(f)
		return words("p", "help mark "+statusClass(status), text)
	}
	return el("div", "figures",
		when(m.Labelled > 0, func() *vecty.HTML {
			before, after := phrase.Ratio(m.Top1Float, m.Labelled), phrase.Ratio(m.Top1Quant, m.Labelled)
			return figure("Top-1", phrase.Percent(before), phrase.Percent(after), before, after,
				words("p", "help", phrase.Count(int64(m.Top1Float))+" → "+phrase.Count(int64(m.Top1Quant))+" of n = "+phrase.Count(int64(m.Labelled))+interval(m.Top1Quant, m.Labelled)+", on integers "+phrase.Count(int64(m.Top1Integer))),
				mark(store.Top1))
		}),
		when(m.Measure != "", func() *vecty.HTML {
			return el("div", "figure",
				words("h2", "", phrase.MeasureName(m.Measure)),
				el("p", "figure-values", words("span", "quantized", phrase.Measured(m.Measure, m.Value))),
				words("p", "help", phrase.Plural(m.N, "image or array", "images or arrays")),
				mark(store.Agreement))
		}),
		when(m.N > 0 && m.Measure == "", func() *vecty.HTML {
			ratio := phrase.Ratio(m.Agreement, m.N)
			return el("div", "figure",
				words("h2", "", "Agreement with float"),
				el("p", "figure-values", words("span", "quantized", phrase.Percent(ratio))),
				twin(0, ratio),
				words("p", "help", phrase.Count(int64(m.Agreement))+" of "+phrase.Plural(m.N, "image or array", "images or arrays")+interval(m.Agreement, m.N)),
				mark(store.Agreement))
		}),
		figure("Parameters", phrase.Bytes(m.BytesBefore), phrase.Bytes(m.BytesAfter), 1, phrase.Ratio(int(m.BytesAfter), int(m.BytesBefore)), mark(store.Parameters)))
}

// interval tells, in brackets, where the ratio of all such items may be, of which n were counted.
func interval(k, n int) string {
	from, to := plot.Wilson(k, n)
	return " (95 % interval " + phrase.Percent(from) + " to " + phrase.Percent(to) + ")"
}

// recipeWords says in sentences what was done.
func recipeWords(r *receipt.Receipt) *vecty.HTML {
	rec := r.Recipe
	text := "Weights " + phrase.Quantizer(rec.Weight) + "; activations " + phrase.Quantizer(rec.Activation) + "; backend " + rec.Backend + "; preprocessing: " + phrase.PreprocessTitle(rec) + "; " + r.Split()
	for _, o := range rec.Overrides {
		which, what := phrase.Tell(o)
		text += "; " + receipt.Quoted(which) + " " + what
	}
	return words("p", "recipe-words", text+".")
}

// check is the column of steps, and what is still needed for them.
func (p *ClaimPlace) check(s store.State, c *store.Claim) *vecty.HTML {
	sentence, status := c.Verdict()
	return el("div", "card check-card",
		words("h2", "", "Check"),
		el("p", "verdict "+statusClass(status), attr("role", "status"), statusIcon(status), words("span", "", sentence)),
		when(len(c.Steps) > 0, func() *vecty.HTML {
			return el("ol", "steps", each(c.Steps, func(_ int, st receipt.Step) vecty.ComponentOrHTML { return step(st) }))
		}),
		p.scalar(s, c),
		p.engine(s, c),
		p.wanted(s, c))
}

// scalar offers the scalar engine, once layers were run here, and says what it found.
func (p *ClaimPlace) scalar(s store.State, c *store.Claim) vecty.MarkupOrChild {
	switch {
	case c.Scalar != nil:
		return words("p", "help scalar", c.Scalar.Sentence)
	case !s.Scalable():
		return nil
	}
	return el("div", "actions", button("quiet small", "", "Re-check with the scalar engine", s.Busy(), func() { p.Store.Dispatch(store.CheckScalar{}) }))
}

// engine says which release checks, where the receipt is of another, and offers that one.
func (p *ClaimPlace) engine(s store.State, c *store.Claim) vecty.MarkupOrChild {
	release, foreign := c.Foreign()
	switch {
	case !foreign:
		return nil
	case s.Checker() == release:
		return words("p", "help engine-note", "Checked by the engine of release "+release+", which the receipt says computed it.")
	}
	return el("div", "engine-note",
		words("p", "help", "The receipt says that release "+release+" computed it; this page's engine is "+receipt.Release+"."),
		when(s.Model != nil, func() *vecty.HTML {
			return button("", "", "Check with the engine of "+release, s.Busy(), func() { p.Store.Dispatch(store.UseEngine{}) })
		}))
}

func step(st receipt.Step) *vecty.HTML {
	return el("li", "step "+statusClass(st.Status),
		statusIcon(st.Status),
		el("div", "",
			el("p", "", words("strong", "", st.Name), text(": "+string(st.Status))),
			when(st.Detail != "", func() *vecty.HTML { return words("p", "help", st.Detail) }),
			when(st.Status == receipt.Differs, func() *vecty.HTML {
				return el("dl", "facts small", pair("Receipt", words("code", "wrap", st.Expected)), pair("Here", words("code", "wrap", st.Got)))
			})))
}

// wanted asks for what is missing to go on.
func (p *ClaimPlace) wanted(s store.State, c *store.Claim) vecty.MarkupOrChild {
	switch {
	case s.Busy() || c.Done && s.Model != nil:
		return p.again(s, c)
	case s.Model == nil:
		return el("div", "dropzone",
			icon("file"),
			words("p", "dropzone-title", "Drop your copy of the model to check this result"),
			words("p", "help", phrase.Count(c.Receipt.Model.Bytes)+" bytes, SHA-256 begins "+phrase.Digest(c.Receipt.Model.SHA256)),
			source(c.Receipt.Model),
			el("div", "actions",
				picker(p.Store, "pick-model", "primary", "file", "Choose the model", store.ModelFiles(), false),
				when(c.Sample, func() *vecty.HTML {
					return button("", "play", "Use the built-in sample", false, func() { p.Store.Dispatch(store.AskSample{}) })
				})))
	case s.Data == nil:
		return el("div", "dropzone",
			icon("images"),
			words("p", "dropzone-title", "Now drop the images"),
			words("p", "help", phrase.Plural(c.Receipt.Data.Calibration.Count, "calibration item", "calibration items")+" and "+
				phrase.Plural(c.Receipt.Data.Evaluation.Count, "evaluation item", "evaluation items")+" are picked from the same folder or archive."),
			el("div", "actions", (&DataPlace{Store: p.Store}).pickers("primary")))
	}
	return p.again(s, c)
}

// source is the sender's link to the model. Nothing follows it but the reader, who is told where it leads.
func source(m receipt.Model) vecty.MarkupOrChild {
	if m.Source == "" {
		return nil
	}
	return el("p", "help source", text("The sender says that it can be had from "+m.SourceHost()+": "),
		el("a", "wrap", vecty.Markup(prop.Href(m.Source), vecty.Attribute("target", "_blank"), vecty.Attribute("rel", "noopener noreferrer nofollow")), text(m.Source)),
		text(". Whatever you drop is checked, wherever it comes from."))
}

func (p *ClaimPlace) again(s store.State, c *store.Claim) *vecty.HTML {
	return el("div", "actions",
		button("", "spark", pick(c.Done, "Check again", "Check anyway"), s.Busy(), func() { p.Store.Dispatch(store.Recompute{}) }),
		picker(p.Store, "pick-model", "quiet", "file", "Another model", store.ModelFiles(), false),
		picker(p.Store, "pick-folder", "quiet", "folder", "Other images", "", true))
}

func statusClass(s receipt.Status) string {
	return map[receipt.Status]string{receipt.Match: "match", receipt.Differs: "differs", receipt.NotRun: "not-run"}[s]
}

func statusIcon(s receipt.Status) *vecty.HTML {
	return icon(map[receipt.Status]string{receipt.Match: "check", receipt.Differs: "cross", receipt.NotRun: "dash"}[s])
}
