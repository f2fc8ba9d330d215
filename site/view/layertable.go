package view

import (
	"strconv"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/site/store"
)

// LayerTable lists the layers with a bar for the SQNR of each, the worst first or in the order of
// the network.
type LayerTable struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (t *LayerTable) Copy() vecty.Component { return copyOf(t) }

// Render draws the table.
func (t *LayerTable) Render() vecty.ComponentOrHTML {
	return guard("div", func() *vecty.HTML {
		s := t.Store.State()
		rows := s.Rows()
		axis := plot.SQNRAxis()
		drops := plot.Drops(rows)
		last := phrase.Engine(s.Result.Report)
		if s.Compared() {
			last = "Against run " + strconv.Itoa(s.Number(s.Against))
		}
		return el("div", "card table-card",
			el("div", "table-head",
				el("h2", "", attr("id", "layers-title", "tabindex", "-1"), text(phrase.Plural(len(rows), "layer", "layers")+" by SQNR")),
				when(s.Compared(), func() *vecty.HTML {
					return button("small", "cross", "Stop comparing", false, func() { t.Store.Dispatch(store.CompareRuns{Run: -1}) })
				}),
				asGraph(t.Store),
				segments("Order", s.Layers.NetworkOrder, "Worst first", "Network order",
					func(network bool) { t.Store.Dispatch(store.OrderLayers{Network: network}) })),
			el("div", "scroll", attr("tabindex", "0", "role", "region", "aria-label", "Layers"),
				el("table", "layer-table",
					el("caption", "visually-hidden", text("Signal to quantization noise of each layer's output, in decibels, with everything before it quantized too; higher is better.")),
					el("thead", "", el("tr", "",
						heading("Layer", ""),
						el("th", "sqnr", attr("scope", "col"), words("span", "axis-title", "SQNR, simulation, dB"), guides(axis)),
						heading(last, "number integers"))),
					el("tbody", "", each(rows, func(_ int, r report.Layer) vecty.ComponentOrHTML {
						row := &LayerRow{Store: t.Store, Layer: r, Axis: axis, Selected: r.Name == s.Layers.Selected, Batch: s.Result.Model.Free(),
							Last: phrase.Decibels(r.IntegerSQNR), Own: -1}
						if drop := drops[r.Name]; drop > 0 {
							row.Drop = phrase.Gain(-drop)
						}
						if own, known := s.Isolated(r.Name); known {
							row.Own = 100 * axis.At(own)
						}
						if s.Compared() {
							row.Last = gain(s.Other(r.Name), r.SQNR)
						}
						return row
					})))),
			words("p", "help", "SQNR: power of a layer's float output over that of its error, on "+phrase.Plural(s.Result.Report.LayerItems, "item", "items")+"; higher is better. "+
				"Bar: accumulated, everything before it quantized too. Tick: isolated, only this layer quantized"+pick(s.Diagnosed() == nil, " (measured by “Why?”)", "")+
				". ▾: "+strconv.Itoa(plot.MarkedDrop)+" dB or more below the layer before. Under 20 dB a layer usually costs accuracy, above 40 dB rarely: a rule of thumb."),
			el("div", "plot-actions",
				el("button", "button small quiet",
					vecty.Markup(vecty.Property("type", "button"),
						on("click", func(*vecty.Event) { t.Store.Dispatch(store.SaveTable{Name: "layers", Table: plot.LayerTable(rows)}) })),
					words("span", "", "Save CSV"), words("span", "visually-hidden", " of the layers"))))
	})
}

// guides labels the two lines of the rule of thumb above the bars.
func guides(a plot.Axis) *vecty.HTML {
	mark := func(db float64, label string) vecty.List {
		x := num(100 * a.At(db))
		return vecty.List{svg("text", []string{"x", x + "%", "y", "11", "text-anchor", "middle"}, text(label))}
	}
	return svg("svg", []string{"class", "guides", "aria-hidden", "true"}, mark(0, "0"), mark(plot.PoorDB, "20"), mark(plot.GoodDB, "40"))
}

// LayerRow is one layer. Rows are not keyed, alone in their table body, and skipped while nothing
// about them changed.
type LayerRow struct {
	vecty.Core
	Store    *store.Store `vecty:"prop"`
	Layer    report.Layer `vecty:"prop"`
	Axis     plot.Axis    `vecty:"prop"`
	Selected bool         `vecty:"prop"`
	Batch    bool         `vecty:"prop"` // the first dimension is free
	Own      float64      `vecty:"prop"` // where the tick of the isolated SQNR is, in percent of the axis; under 0: none
	Drop     string       `vecty:"prop"` // by how much it is worse than the layer before, where that is much
	Last     string       `vecty:"prop"` // of the last column
}

// Copy is for Vecty.
func (r *LayerRow) Copy() vecty.Component { return copyOf(r) }

// SkipRender keeps a row that would be drawn the same.
func (r *LayerRow) SkipRender(prev vecty.Component) bool {
	p, ok := prev.(*LayerRow)
	return ok && p.Selected == r.Selected && p.Batch == r.Batch && p.Axis == r.Axis && p.Layer.Name == r.Layer.Name &&
		p.Layer.SQNR == r.Layer.SQNR && p.Own == r.Own && p.Drop == r.Drop && p.Last == r.Last && p.Layer.Bytes == r.Layer.Bytes && p.Layer.Module == r.Layer.Module
}

// Render draws the row.
func (r *LayerRow) Render() vecty.ComponentOrHTML {
	return guard("tr", func() *vecty.HTML {
		l := r.Layer
		// The whole row is clicked; for the keyboard and screen readers there is a button in it.
		return el("tr", pick(r.Selected, "selected", ""),
			vecty.Markup(on("click", func(*vecty.Event) { r.Store.Dispatch(store.SelectLayer{Name: r.Layer.Name}) })),
			el("th", "name", attr("scope", "row"),
				el("button", "row-button",
					vecty.Markup(
						vecty.Property("type", "button"),
						on("keydown", r.step),
						vecty.Property("title", l.Name),
						vecty.Attribute("tabindex", pick(r.Selected, "0", "-1")),
						vecty.Attribute("aria-pressed", boolean(r.Selected))),
					words("span", "layer-name", l.Name),
					words("span", "layer-kind", kind(l)+" "+phrase.Shape(l.Shape, r.Batch)+", "+phrase.Bytes(l.Bytes)))),
			el("td", "sqnr", sqnrBar(r.Axis, l.SQNR, r.Own), words("span", "db", phrase.Decibels(l.SQNR)),
				when(r.Drop != "", func() *vecty.HTML {
					return el("span", "drop", attr("title", "Below the layer before"), words("span", "visually-hidden", "below the layer before: "), text("▾ "+r.Drop))
				})),
			words("td", "number integers", r.Last))
	})
}

// step goes to the layer above or below with the arrow keys, to the first or last with Home and End. Only the
// selected layer is reached by Tab.
func (r *LayerRow) step(e *vecty.Event) {
	row := e.Target().Call("closest", "tr")
	switch e.Get("key").String() {
	case "ArrowDown":
		row = row.Get("nextElementSibling")
	case "ArrowUp":
		row = row.Get("previousElementSibling")
	case "Home":
		row = row.Get("parentNode").Get("firstElementChild")
	case "End":
		row = row.Get("parentNode").Get("lastElementChild")
	default:
		return
	}
	e.Prevent()
	if row.Truthy() {
		button := row.Call("querySelector", "button")
		button.Call("focus")
		button.Call("click")
	}
}

// kind is the layer's module, or its operator where it is none of the table's modules.
func kind(l report.Layer) string {
	if l.Module != "" {
		return l.Module
	}
	return l.Op
}

// gain is by how many dB one SQNR is better than another, which may not be known.
func gain(before *float64, now float64) string {
	if before == nil {
		return "–"
	}
	return phrase.Gain(min(now, report.LimitSQNR) - min(*before, report.LimitSQNR))
}

// sqnrBar is a bar on the axis with zero and the two guide lines behind it, and a tick at own percent of the axis
// unless that is negative.
func sqnrBar(a plot.Axis, db, own float64) *vecty.HTML {
	b := a.Bar(db)
	line := func(at float64) *vecty.HTML {
		x := num(100 * a.At(at))
		return svg("line", []string{"class", "guide", "x1", x, "x2", x, "y1", "0", "y2", "10"})
	}
	return svg("svg", []string{"viewBox", "0 0 100 10", "preserveAspectRatio", "none", "class", "sqnr-bar", "aria-hidden", "true"},
		svg("rect", []string{"class", "bar " + string(b.Level), "x", num(100 * b.From), "y", "2", "width", num(100 * b.Width), "height", "6"}),
		line(plot.PoorDB), line(plot.GoodDB),
		svg("line", []string{"class", "zero", "x1", num(100 * a.At(0)), "x2", num(100 * a.At(0)), "y1", "0", "y2", "10"}),
		when(own >= 0, func() *vecty.HTML {
			return svg("line", []string{"class", "own", "x1", num(own), "x2", num(own), "y1", "0.5", "y2", "9.5"})
		}))
}
