package view

import (
	"strconv"
	"strings"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/store"
)

// Diagnosis tells why a result is worse than the float network, and offers what helps.
type Diagnosis struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (d *Diagnosis) Copy() vecty.Component { return copyOf(d) }

// Render draws the section.
func (d *Diagnosis) Render() vecty.ComponentOrHTML {
	return guard("section", func() *vecty.HTML {
		s := d.Store.State()
		found := s.Diagnosed()
		return el("section", "card table-card diagnosis", attr("aria-labelledby", "diagnosis-title"),
			el("div", "table-head",
				el("h2", "", attr("id", "diagnosis-title", "tabindex", "-1"), text("Why, and what helps")),
				el("div", "actions", examine(d.Store, "small", "small"), further(d.Store))),
			when(s.OpenedForm() == store.FormRounding, func() *vecty.HTML { return rounding(d.Store) }),
			when(s.OpenedForm() == store.FormBits, func() *vecty.HTML { return mixed(d.Store) }),
			when(found == nil && s.Improved() == nil && s.OpenedForm() == store.NoForm, func() *vecty.HTML {
				return words("p", "help", "“Why?” quantizes each layer alone, looks for the cause, and tries fixes on a few items: at most 15 s or so. "+
					"“Fix it for me” tries equalization, GPTQ, other ranges and bias correction, keeps what leaves less noise, and quantizes again, which gives the result on all evaluation items. "+searchTakes(false)+". "+
					"“Learn rounding” and “Bits per layer” say what they take before they start.")
			}),
			when(found != nil && found.Sentence == "", func() *vecty.HTML {
				return words("p", "help", pick(s.Examined(), "Measuring one layer at a time…", "It was cancelled before it found a cause."))
			}),
			when(found != nil && found.Sentence != "", func() *vecty.HTML { return d.found(s, found) }),
			when(s.Improved() != nil, func() *vecty.HTML { return improved(d.Store, *s.Improved()) }))
	})
}

// further are what a result can be made better by with settings of one's own, and what can be proven of it.
func further(st *store.Store) vecty.List {
	s := st.State()
	opens := func(f store.Form, id, label string) *vecty.HTML {
		return el("button", "button small", attr("type", "button", "aria-expanded", boolean(s.OpenedForm() == f), "aria-controls", id),
			vecty.Markup(vecty.Property("disabled", s.Unexamined() != ""), on("click", func(*vecty.Event) { st.Dispatch(toggled(s, f)) })),
			words("span", "", label))
	}
	return vecty.List{
		opens(store.FormRounding, "rounding-form", "Learn rounding"),
		opens(store.FormBits, "bits-form", "Bits per layer"),
		button("small", "", "Prove the sums", s.Unexamined() != "" || s.Proven() != nil, func() { st.Dispatch(store.ProveBounds{}) }),
	}
}

// examine are the two ways to find out what is wrong. While something is under way, neither can be pressed.
func examine(s *store.Store, why, fix string) vecty.List {
	closed := s.State().Unexamined()
	return vecty.List{
		button(why, "wave", pick(s.State().Diagnosed() == nil, "Why?", "Diagnose again"), closed != "", func() { s.Dispatch(store.Diagnose{}) }),
		button(fix, "spark", "Fix it for me", closed != "", func() { s.Dispatch(store.Improve{}) }),
	}
}

func (d *Diagnosis) found(s store.State, found *store.Diagnosis) *vecty.HTML {
	return el("div", "diagnosis-found",
		words("p", "diagnosis-verdict", found.Sentence),
		when(len(found.Notes) > 0, func() *vecty.HTML { return notes(found.Notes) }),
		when(len(found.Findings) > 1, func() *vecty.HTML {
			return el("details", "", words("summary", "", "All causes"),
				el("dl", "causes", each(found.Findings, func(_ int, f inspect.Finding) vecty.ComponentOrHTML {
					return el("div", "", pair(f.Layer+", "+f.Cause, text(f.Sentence)))
				})))
		}),
		when(len(found.Fixes) > 0, func() *vecty.HTML {
			return el("div", "scroll", attr("tabindex", "0", "role", "region", "aria-label", "Fixes"),
				el("table", "fixes cards",
					el("thead", "", el("tr", "", heading("Fix, tried on "+phrase.Plural(found.Items, "item", "items"), ""),
						heading("Answers kept", "number"), heading("Gain", "number"), heading("Price", "number"), heading("", ""))),
					el("tbody", "", each(found.Fixes, func(i int, f inspect.Fix) vecty.ComponentOrHTML { return d.fix(s, i, f) }))))
		}),
		when(len(found.Fixes) > 0, func() *vecty.HTML {
			return words("p", "help", phrase.Percent(found.Kept)+" of the answers that float has right are kept as it is. Apply quantizes again with the fix; Undo takes it back.")
		}))
}

func (d *Diagnosis) fix(s store.State, i int, f inspect.Fix) *vecty.HTML {
	return el("tr", "",
		el("th", "name", attr("scope", "row"), text(f.Title)),
		titled("Answers kept", text(phrase.Percent(f.Kept))),
		titled("Gain", text(phrase.Points(f.Gain)), words("span", "layer-kind", phrase.Gain(f.GainSQNR))),
		titled("Price", text(phrase.Price(f.MoreBytes))),
		el("td", "", el("button", pick(i == 0, "button small primary", "button small"),
			vecty.Markup(vecty.Property("type", "button"), vecty.Property("disabled", s.Elsewhere()),
				on("click", func(*vecty.Event) { d.Store.Dispatch(store.ApplyFix{Fix: f}) })),
			words("span", "", "Apply"), words("span", "visually-hidden", " "+f.Title))))
}

// titled is a number of a table that has no room for its columns on a phone: each row is a card there, and says the
// column's name itself.
func titled(name string, number ...vecty.MarkupOrChild) *vecty.HTML {
	return el("td", "number", append([]vecty.MarkupOrChild{attr("data-label", name)}, number...)...)
}

// improved tells what was tried to make the recipe better, and what each step gained. The button that ends the search stands
// here too, next to what has the focus: that of the bar is at the other end of the page.
func improved(st *store.Store, i store.Improvement) *vecty.HTML {
	s := st.State()
	taken := len(i.Taken())
	verdict := "Nothing that was tried improved it. The recipe is unchanged."
	switch {
	case !i.Done && len(i.Steps) == 0:
		verdict = "Trying the recipe as it is…"
	case !i.Done:
		verdict = phrase.Plural(taken, "step", "steps") + " of " + strconv.Itoa(len(i.Steps)) + " so far made the recipe better."
	case taken > 0:
		verdict = phrase.Plural(taken, "of the steps", "of the steps") + " tried made the recipe better" + pick(s.Busy(), ", and the network is quantized again with it.", ", and the network was quantized again with it.")
	}
	if i.Done && taken == 0 && len(i.Steps) == 0 && i.Untried > 0 {
		verdict = "There was no time to try anything: the machine is busy or the network is large. The recipe is unchanged."
	} else if i.Untried > 0 {
		verdict += pick(strings.HasSuffix(verdict, "."), "", ".") + " The time was too short for " + phrase.Plural(i.Untried, "more change.", "more changes.")
	}
	if i.Stopped {
		verdict += pick(strings.HasSuffix(verdict, "."), "", ".") + " It was stopped before all was tried."
	}
	return el("div", "diagnosis-found",
		words("p", "diagnosis-verdict", verdict),
		when(len(i.Notes) > 0, func() *vecty.HTML { return notes(i.Notes) }),
		when(s.Stoppable(), func() *vecty.HTML { return el("div", "actions", takeBest(st)) }),
		when(len(i.Steps) > 0, func() *vecty.HTML {
			return el("div", "scroll", attr("tabindex", "0", "role", "region", "aria-label", "Steps that were tried"), el("table", "fixes cards",
				el("thead", "", el("tr", "", heading("Step, tried on "+phrase.Plural(i.Items, "calibration item", "calibration items"), ""),
					heading("Same answers", "number"), heading("Gain in the logits", "number"), heading("Price", "number"), heading("", ""))),
				el("tbody", "", each(i.Steps, func(_ int, f inspect.Step) vecty.ComponentOrHTML {
					return el("tr", "",
						el("th", "name", attr("scope", "row"), text(f.Title)),
						titled("Same answers", text(phrase.Percent(f.Kept))),
						titled("Gain in the logits", text(phrase.Gain(f.GainSQNR))),
						titled("Price", text(phrase.Price(f.MoreBytes))),
						words("td", "", pick(f.Taken, "kept", "not kept")))
				}))))
		}))
}

// takeBest ends the search with what it has found.
func takeBest(st *store.Store) *vecty.HTML {
	return button("small", "play", "Stop and take the best so far", false, func() { st.Dispatch(store.TakeBest{}) })
}

// collapse says above everything that the result is of no use, and leads to what helps.
func collapse(s *store.Store, why string) vecty.List {
	return when(why != "", func() *vecty.HTML {
		return el("section", "collapse", attr("role", "alert"),
			icon("alert"),
			el("div", "",
				words("h2", "", why),
				words("p", "", "Do not ship this network. Find the cause, then apply a fix, or let Quantscope look for a better recipe.")),
			el("div", "actions", examine(s, "primary", "")))
	})
}
