package view

import (
	"math"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/scheme"
	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/site/store"
)

// The sizes of the plots, in their own units.
const (
	plotWidth  = 420
	plotHeight = 120
	rangesHigh = 72
	boxHigh    = 34
)

// plots are the pictures of the selected layer: its weight, the weight's channels, its input.
func (d *LayerDetail) plots(l report.Layer) *vecty.HTML {
	s := d.Store.State()
	at := s.Detail
	weight, input := s.Quantizers(l)
	return el("div", "plots", attr("aria-busy", boolean(at.Waiting)),
		when(at.Problem != "", func() *vecty.HTML { return words("p", "help wrong", at.Problem) }),
		when(s.Elsewhere(), func() *vecty.HTML {
			return words("p", "help", "The model or the data of this result is not open any more; quantize again to look into its layers.")
		}),
		when(at.Weight == nil && at.Waiting, func() *vecty.HTML { return words("p", "help", "Looking into the layer…") }),
		when(at.Weight != nil && weight != nil, func() *vecty.HTML { return d.histogram(l, *at.Weight, weight.Params) }),
		when(at.Weight != nil && len(at.Weight.Channels) > 1, func() *vecty.HTML { return d.ranges(l, at.Weight.Channels) }),
		when(at.Input != nil, func() *vecty.HTML { return d.box(l, at) }),
		when(at.Input == nil && at.Waiting && input != nil, func() *vecty.HTML {
			return words("p", "help pending", "Running the float network for the values of the input…")
		}))
}

func (d *LayerDetail) histogram(l report.Layer, w inspect.Weight, p scheme.QParams) *vecty.HTML {
	log := d.Store.State().Layers.Log
	h := plot.NewHistogram(w, p, plotWidth, plotHeight, log)
	sentence := phrase.Weight(w, p)
	bottom := num(plotHeight)
	return d.figure("weight", l, "Weight", sentence, plot.WeightTable(w, p),
		vecty.List{segments("Counts", log, "Linear", "Log", func(log bool) { d.Store.Dispatch(store.ScaleCounts{Log: log}) })},
		svg("svg", []string{"viewBox", "-12 -18 444 " + num(plotHeight+pick(len(p.Scale) == 1, 54.0, 39)), "role", "img", "aria-label", sentence},
			hatch("hatch-weight"),
			svg("path", []string{"class", "grid", "d", h.Grid}),
			svg("path", []string{"class", "codes", "d", h.Bars}),
			svg("path", []string{"class", "outline", "d", h.Outline}),
			spans("hatch-weight", h.Clipped, 0, plotHeight),
			svg("text", []string{"x", "-8", "y", "-8"}, text("up to "+phrase.Small(math.Round(h.Most))+" a code"+pick(log, ", logarithmic", ""))),
			svg("line", []string{"class", "zero", "x1", num(h.Zero), "x2", num(h.Zero), "y1", "-4", "y2", bottom}),
			svg("line", []string{"class", "axis", "x1", "0", "x2", num(plotWidth), "y1", bottom, "y2", bottom}),
			each(h.Ticks, func(_ int, t plot.Tick) vecty.ComponentOrHTML {
				return svg("g", nil,
					svg("line", []string{"class", "axis", "x1", num(t.X), "x2", num(t.X), "y1", bottom, "y2", num(plotHeight + 4)}),
					svg("text", []string{"x", num(t.X), "y", num(plotHeight + 17), "text-anchor", "middle"}, text(t.Code)),
					svg("text", []string{"class", "value", "x", num(t.X), "y", num(plotHeight + 32), "text-anchor", "middle"}, text(t.Value)))
			})),
		words("p", "help", pickLegend(len(p.Scale))))
}

func pickLegend(scales int) string {
	if scales == 1 {
		return "Height: number of weights. Grey outline: float; blue: after quantization. Below the axis: the code and the value it stands for."
	}
	return "Height: number of weights. Grey outline: float, each channel in steps of its own scale; blue: after quantization. Below the axis: the code."
}

func (d *LayerDetail) ranges(l report.Layer, channels []inspect.Channel) *vecty.HTML {
	r := plot.NewRanges(channels, plotWidth, rangesHigh)
	sentence := phrase.Channels(channels)
	return d.figure("channels", l, "Channels", sentence, plot.ChannelTable(channels), nil,
		svg("svg", []string{"viewBox", "-72 -2 504 " + num(rangesHigh+4), "role", "img", "aria-label", sentence},
			svg("path", []string{"class", "within", "d", r.Within}),
			svg("path", []string{"class", "channel", "d", r.Bars, "stroke-width", num(max(1, min(6, 0.5*plotWidth/float64(len(channels)))))}),
			svg("line", []string{"class", "axis", "x1", "0", "x2", num(plotWidth), "y1", num(r.Zero), "y2", num(r.Zero)}),
			svg("text", []string{"class", "value", "x", "-6", "y", "9", "text-anchor", "end"}, text(phrase.Float(r.High))),
			svg("text", []string{"class", "value", "x", "-6", "y", num(rangesHigh), "text-anchor", "end"}, text(phrase.Float(r.Low)))),
		words("p", "help", "A bar for each channel, in their order: from its least weight to its greatest; shaded what its codes cover."))
}

func (d *LayerDetail) box(l report.Layer, at store.Detail) *vecty.HTML {
	a := *at.Input
	b := plot.NewBox(a, plotWidth)
	sentence := phrase.Activation(a)
	const top, middle, bottom = 8.0, 17.0, 26.0
	upright := func(class string, x, from, to float64) *vecty.HTML {
		return svg("line", []string{"class", class, "x1", num(x), "x2", num(x), "y1", num(from), "y2", num(to)})
	}
	return d.figure("input", l, "Input “"+at.Tensor+"”", sentence, plot.ActivationTable(a), nil,
		svg("svg", []string{"viewBox", "-12 -4 444 " + num(boxHigh+22), "role", "img", "aria-label", sentence},
			hatch("hatch-input"),
			spans("hatch-input", b.Over, top, bottom-top),
			svg("line", []string{"class", "whisker", "x1", num(b.Min), "x2", num(b.Max), "y1", num(middle), "y2", num(middle)}),
			upright("whisker", b.Min, top+3, bottom-3), upright("whisker", b.Max, top+3, bottom-3),
			svg("rect", []string{"class", "middle", "x", num(b.Few), "y", num(top), "width", num(max(b.Most-b.Few, 0)), "height", num(bottom - top)}),
			upright("median", b.Median, top, bottom),
			svg("path", []string{"class", "bracket", "d", "M" + num(b.Low+5) + " 0H" + num(b.Low) + "V34H" + num(b.Low+5) + "M" + num(b.High-5) + " 0H" + num(b.High) + "V34H" + num(b.High-5)}),
			upright("zero", b.Zero, 0, boxHigh),
			svg("text", []string{"x", num(b.Low), "y", num(boxHigh + 14), "text-anchor", pick(b.Low < 30, "start", "middle")}, text(phrase.Float(a.Low))),
			svg("text", []string{"x", num(b.High), "y", num(boxHigh + 14), "text-anchor", pick(b.High > plotWidth-30, "end", "middle")}, text(phrase.Float(a.High)))),
		words("p", "help", "Box: the middle 99.8 % with the median; line: all values; blue bracket: the calibrated range."))
}

// figure is a plot with its sentence, and its numbers as a table and as a file.
func (d *LayerDetail) figure(id string, l report.Layer, title, sentence string, table plot.Table, controls vecty.List, picture, legend *vecty.HTML) *vecty.HTML {
	open := d.Store.State().Layers.Table == id
	return el("figure", "plot plot-"+id,
		el("div", "plot-head", words("h3", "", title), controls),
		picture,
		el("figcaption", "", words("p", "", sentence), legend),
		el("div", "plot-actions",
			el("button", "button small quiet",
				vecty.Markup(vecty.Property("type", "button"), vecty.Attribute("aria-expanded", boolean(open)),
					on("click", func(*vecty.Event) { d.Store.Dispatch(store.ShowTable{Plot: id}) })),
				words("span", "", pick(open, "Hide table", "Table")),
				words("span", "visually-hidden", " of "+title)),
			el("button", "button small quiet",
				vecty.Markup(vecty.Property("type", "button"),
					on("click", func(*vecty.Event) { d.Store.Dispatch(store.SaveTable{Name: l.Name + "." + id, Table: table}) })),
				words("span", "", "Save CSV"),
				words("span", "visually-hidden", " of "+title)),
			el("button", "button small quiet",
				vecty.Markup(vecty.Property("type", "button"),
					on("click", func(*vecty.Event) { d.Store.Dispatch(store.SavePlot{Plot: id, Of: l.Name}) })),
				words("span", "", "Save SVG"),
				words("span", "visually-hidden", " of "+title))),
		when(open, func() *vecty.HTML { return tableOf(table, title) }))
}

// tableOf writes the numbers out; only one plot's at a time, for they may be many.
func tableOf(t plot.Table, title string) *vecty.HTML {
	return el("div", "scroll plot-table", attr("tabindex", "0", "role", "region", "aria-label", "Numbers of "+title),
		el("table", "",
			el("thead", "", el("tr", "", each(t.Head, func(_ int, h string) vecty.ComponentOrHTML { return heading(h, "") }))),
			el("tbody", "", each(t.Rows, func(_ int, row []string) vecty.ComponentOrHTML {
				return el("tr", "", each(row, func(_ int, cell string) vecty.ComponentOrHTML { return words("td", "", cell) }))
			}))))
}

// spans are parts of an axis that are clipped, hatched.
func spans(pattern string, list []plot.Span, y, height float64) vecty.List {
	return each(list, func(_ int, s plot.Span) vecty.ComponentOrHTML {
		return svg("rect", []string{"class", "clipped", "x", num(s.From), "y", num(y), "width", num(s.Width), "height", num(height), "fill", "url(#" + pattern + ")"})
	})
}

// hatch defines the pattern of what is clipped.
func hatch(id string) *vecty.HTML {
	return svg("defs", nil,
		svg("pattern", []string{"id", id, "width", "5", "height", "5", "patternUnits", "userSpaceOnUse", "patternTransform", "rotate(45)"},
			svg("line", []string{"class", "hatch", "x1", "0", "x2", "0", "y1", "0", "y2", "5"})))
}
