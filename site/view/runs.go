package view

import (
	"strconv"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/phrase"
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
			el("div", "table-head", el("h2", "", attr("id", "runs-title"), text(phrase.Plural(len(s.Runs), "run", "runs")))),
			r.trade(s),
			el("div", "scroll", attr("tabindex", "0", "role", "region", "aria-label", "Runs"),
				el("table", "cards",
					el("thead", "", el("tr", "", heading("Run", ""), heading(measured(s), "number"), heading("to float", "number"), heading("to the run shown", "number"),
						heading("Integer engine", "number"), heading("Parameters", "number"), heading("", ""))),
					el("tbody", "", each(s.Runs, func(i int, run *store.Result) vecty.ComponentOrHTML { return r.row(s, i, run) })))))
	})
}

// The size of the picture of the runs, in its own units.
const (
	tradeWidth  = 420
	tradeHeight = 150
)

// trade draws size against accuracy, or against agreement where nothing has a label. A dot can be
// clicked; for the keyboard there are the buttons of the table.
func (r *Runs) trade(s store.State) *vecty.HTML {
	runs, float, measure := s.Outcomes()
	t := plot.NewTrade(runs, float, tradeWidth, tradeHeight)
	sentence := plot.TradeSentence(runs, float, measure)
	width, height := num(tradeWidth), num(tradeHeight)
	at := func(class string, x1, y1, x2, y2 float64) *vecty.HTML {
		return svg("line", []string{"class", class, "x1", num(x1), "y1", num(y1), "x2", num(x2), "y2", num(y2)})
	}
	return el("figure", "plot plot-trade",
		svg("svg", []string{"viewBox", "-60 -10 500 190", "role", "img", "aria-label", sentence},
			at("axis", 0, tradeHeight, tradeWidth, tradeHeight), at("axis", 0, 0, 0, tradeHeight),
			when(t.FloatX >= 0 && t.FloatX <= tradeWidth, func() *vecty.HTML { return at("crosshair", t.FloatX, 0, t.FloatX, tradeHeight) }),
			at("crosshair", 0, t.FloatY, tradeWidth, t.FloatY),
			svg("text", []string{"class", "halo", "x", num(min(max(t.FloatX-6, 40), tradeWidth)), "y", num(t.FloatY - 5), "text-anchor", "end"}, text(pick(t.FloatX > tradeWidth, "float, "+phrase.Bytes(float.Bytes)+" →", "float"))),
			svg("path", []string{"class", "front", "d", t.Best}),
			each(t.Dots, func(i int, d plot.Dot) vecty.ComponentOrHTML {
				return svg("g", []string{"class", pick(s.Runs[i] == s.Result, "run here", "run")},
					vecty.Markup(on("click", func(*vecty.Event) { r.Store.Dispatch(store.Restore{Run: i}) })),
					at("whisker", d.X, d.From, d.X, d.To), at("whisker", d.X-4, d.From, d.X+4, d.From), at("whisker", d.X-4, d.To, d.X+4, d.To),
					svg("circle", []string{"cx", num(d.X), "cy", num(d.Y), "r", "6"}))
			}),
			each(t.Labels, func(_ int, l plot.Label) vecty.ComponentOrHTML {
				return svg("text", []string{"class", "run-numbers halo", "x", num(l.X + pick(l.Before, -10.0, 10)), "y", num(l.Y - 6), "text-anchor", pick(l.Before, "end", "start")}, text(l.Text))
			}),
			svg("text", []string{"x", "-6", "y", "10", "text-anchor", "end"}, text(t.High)),
			svg("text", []string{"x", "-6", "y", height, "text-anchor", "end"}, text(t.Low)),
			svg("text", []string{"x", "0", "y", num(tradeHeight + 18)}, text(t.Small)),
			svg("text", []string{"x", num(tradeWidth / 2), "y", num(tradeHeight + 18), "text-anchor", "middle"}, text("parameters, logarithmic")),
			svg("text", []string{"x", width, "y", num(tradeHeight + 18), "text-anchor", "end"}, text(t.Large))),
		el("figcaption", "", words("p", "", sentence),
			words("p", "help", "Height: "+measure+" of the simulation; whiskers: its 95 % interval for this many items. Dashed: float. Line: Pareto front. Runs that coincide share a dot, and its label.")),
		el("div", "plot-actions",
			button("small quiet", "", "Save CSV of the runs", false, func() { r.Store.Dispatch(store.SaveTable{Name: "runs", Table: s.RunTable()}) }),
			button("small quiet", "", "Save SVG of the runs", false, func() { r.Store.Dispatch(store.SavePlot{Plot: "trade", Of: "runs"}) })))
}

// measured names what answers are counted by.
func measured(s store.State) string {
	_, _, measure := s.Outcomes()
	return pick(measure == "top-1", "Top-1", "Agreement")
}

// row is a run: what was changed for it, what it reached, and how far that is from float and from the run shown.
func (r *Runs) row(s store.State, i int, run *store.Result) *vecty.HTML {
	outcomes, float, _ := s.Outcomes()
	ratio := func(o plot.Outcome) float64 { return phrase.Ratio(o.Right, o.Of) }
	integer, beside := "–", "–"
	if a := run.Report.Accuracy; a.Labelled > 0 {
		integer = phrase.Percent(phrase.Ratio(a.Integer, a.Labelled))
	}
	here := run == s.Result
	if shown := s.Number(s.Result); shown > 0 && !here {
		beside = phrase.Points(ratio(outcomes[i]) - ratio(outcomes[shown-1]))
	}
	compared := s.Compared() && s.Against == run
	small := func(label string, off bool, do store.Action) *vecty.HTML {
		return el("button", "button small", vecty.Markup(
			vecty.Property("type", "button"), vecty.Property("disabled", off),
			on("click", func(*vecty.Event) { r.Store.Dispatch(do) })),
			words("span", "", label), words("span", "visually-hidden", " run "+strconv.Itoa(i+1)))
	}
	return el("tr", pick(here, "selected", ""),
		el("th", "name", attr("scope", "row"),
			words("span", "run-name", strconv.Itoa(i+1)+". "+s.RunName(i)),
			words("code", "", phrase.Digest(run.Report.Recipe))),
		titled(measured(s), text(phrase.Percent(ratio(outcomes[i])))),
		titled("to float", text(phrase.Points(ratio(outcomes[i])-ratio(float)))),
		titled("to the run shown", text(beside)),
		titled("Integer engine", text(integer)),
		titled("Parameters", text(phrase.Bytes(run.Report.Size.Quantized))),
		el("td", "run-actions",
			small(pick(here, "Shown", "Show"), here, store.Restore{Run: i}),
			small(pick(compared, "Compared", "Compare layers"), here || compared, store.CompareRuns{Run: i})))
}

// undo takes back the last change of the recipe, redo makes it again; both say which.
func undo(s *store.Store) vecty.List {
	step := func(iconName, name string, steps []store.Step, do store.Action) *vecty.HTML {
		label := name
		if len(steps) > 0 {
			label += ": " + short(steps[len(steps)-1].What)
		}
		return button("quiet", iconName, label, len(steps) == 0, func() { s.Dispatch(do) })
	}
	state := s.State()
	return vecty.List{
		step("undo", "Undo", state.Past, store.Undo{}),
		when(len(state.Future) > 0, func() *vecty.HTML { return step("redo", "Redo", state.Future, store.Redo{}) }),
	}
}

// short cuts what is too long for a button.
func short(s string) string {
	const most = 36
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
