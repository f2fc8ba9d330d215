//go:build js

package view

import (
	"strconv"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/site/store"
)

// Runs lists the results of the present model and data; each can be shown again.
type Runs struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (r *Runs) Copy() vecty.Component { return copyOf(r) }

// Render draws the list.
func (r *Runs) Render() vecty.ComponentOrHTML {
	return guard("section", func() *vecty.HTML {
		s := r.Store.State()
		if len(s.Runs) < 2 {
			return el("section", "visually-hidden")
		}
		return el("section", "card table-card runs", attr("aria-labelledby", "runs-title"),
			el("div", "table-head", el("h2", "", attr("id", "runs-title"), text(plot.Plural(len(s.Runs), "run", "runs")))),
			el("div", "scroll", attr("tabindex", "0", "role", "region", "aria-label", "Runs"),
				el("table", "",
					el("thead", "", el("tr", "", heading("Recipe", ""), heading("Top-1", "number"), heading("Agreement", "number bytes"), heading("Parameters", "number"), heading("", ""))),
					el("tbody", "", each(s.Runs, func(i int, run *store.Result) vecty.ComponentOrHTML { return r.row(s, i, run) })))))
	})
}

func (r *Runs) row(s store.State, i int, run *store.Result) *vecty.HTML {
	a := run.Report.Accuracy
	top1 := "–"
	if a.Labelled > 0 {
		top1 = plot.Percent(store.Ratio(a.Quantized, a.Labelled))
	}
	here := run == s.Result
	return el("tr", pick(here, "selected", ""),
		el("th", "name", attr("scope", "row"),
			words("span", "run-name", strconv.Itoa(i+1)+". "+store.Describe(run.Recipe)),
			words("code", "", plot.Digest(run.Report.Recipe))),
		words("td", "number", top1),
		words("td", "number bytes", plot.Percent(store.Ratio(a.Agree, a.Items))),
		words("td", "number", plot.Bytes(run.Report.Size.Quantized)),
		el("td", "", el("button", "button small", vecty.Markup(
			vecty.Property("type", "button"), vecty.Property("disabled", here),
			on("click", func(*vecty.Event) { r.Store.Dispatch(store.Restore{Run: i}) })),
			words("span", "", pick(here, "Shown", "Show")), words("span", "visually-hidden", " run "+strconv.Itoa(i+1)))))
}

// undo takes back the last change of the recipe.
func undo(s *store.Store) *vecty.HTML {
	return button("quiet", "undo", "Undo", len(s.State().Past) == 0, func() { s.Dispatch(store.Undo{}) })
}
