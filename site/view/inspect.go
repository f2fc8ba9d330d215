package view

import (
	"strings"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/site/store"
)

// InspectPlace shows what quantization cost: the figures, then layer by layer.
type InspectPlace struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (p *InspectPlace) Copy() vecty.Component { return copyOf(p) }

// Render draws the place.
func (p *InspectPlace) Render() vecty.ComponentOrHTML {
	return guard("section", func() *vecty.HTML {
		s := p.Store.State()
		if s.Result == nil {
			return el("section", "place-inspect",
				el("div", "place-head", el("div", "",
					words("h1", "", "Inspect"),
					words("p", "lede", "Accuracy before and after, and the layers that lost most."))),
				needModel(p.Store, "There is no result yet. Run a model, or the sample."))
		}
		r := s.Result
		collapsed := phrase.Collapse(r.Report)
		first := collapsed != "" || s.Diagnosed() != nil || s.Improved() != nil // the diagnosis is what matters
		return el("section", pick(s.Stale(), "place-inspect stale", "place-inspect"),
			collapse(p.Store, collapsed),
			el("div", "place-head",
				el("div", "",
					words("h1", "", r.Model.Summary.Name+", "+phrase.Title(r.Recipe)),
					words("p", "lede", phrase.Summary(r.Report, r.Seconds))),
				el("div", "actions",
					button(pick(collapsed == "", "primary", ""), "save", "Download ONNX QDQ", r.QDQ.Size == 0, func() { p.Store.Dispatch(store.SaveModel{}) }),
					button("", "share", "Share", false, func() { p.Store.Dispatch(store.OpenShare{}) }))),
			staleNote(p.Store),
			p.doubt(phrase.Doubt(r.Report), "Check the data settings"),
			p.doubt(phrase.Few(r.Report), "Add images"),
			slot(first, func() vecty.Component { return &Diagnosis{Store: p.Store} }),
			figures(r.Report),
			slot(!first, func() vecty.Component { return &Diagnosis{Store: p.Store} }),
			twoNumbers(r.Report),
			el("div", "layers",
				&LayerTable{Store: p.Store},
				&LayerDetail{Store: p.Store}),
			&Runs{Store: p.Store},
			when(len(r.Notes) > 0, func() *vecty.HTML {
				return el("div", "after", words("h2", "", "Notes"), notes(r.Notes))
			}))
	})
}

// doubt warns of figures that say little, and leads to the data.
func (p *InspectPlace) doubt(why, remedy string) vecty.List {
	return when(why != "", func() *vecty.HTML {
		return el("div", "warning",
			words("p", "", why),
			button("small", "", remedy, false, func() { p.Store.Dispatch(store.Go{Place: store.AtData}) }))
	})
}

// figures are the headline numbers as cards.
func figures(r report.Report) *vecty.HTML {
	a := r.Accuracy
	return el("div", "figures",
		when(a.Labelled > 0, func() *vecty.HTML {
			before, after := phrase.Ratio(a.Float, a.Labelled), phrase.Ratio(a.Quantized, a.Labelled)
			return figure("Top-1", phrase.Percent(before), phrase.Percent(after), before, after,
				outcomes(
					outcome{"Float", phrase.Count(int64(a.Float)) + " of " + phrase.Count(int64(a.Labelled)), "right"},
					answered("Simulation", a.Quantized, a.Float, a.Labelled),
					answered("Integer engine", a.Integer, a.Float, a.Labelled)),
				words("p", "help", "Share of "+phrase.Plural(a.Labelled, "labelled item", "labelled items")+" answered right; one item is "+
					strings.TrimPrefix(phrase.Points(1/float64(a.Labelled)), "+")+"."))
		}),
		agreement(a),
		figure("Parameters", phrase.Bytes(r.Size.Float), phrase.Bytes(r.Size.Quantized),
			1, float64(r.Size.Quantized)/float64(max(r.Size.Float, 1)),
			words("p", "help", phrase.Smaller(r.Size.Float, r.Size.Quantized)+". Weights as integers, with their scales and zero points; biases and all else 4 bytes each.")))
}

// agreement counts the items on which both networks answer the same; it needs no label.
func agreement(a report.Accuracy) *vecty.HTML {
	ratio := phrase.Ratio(a.Agree, a.Items)
	of := " of " + phrase.Count(int64(a.Items))
	note := "Items with the same first answer; labels do not count."
	if a.Labelled == 0 {
		note = "Items with the same first answer. There are no labels, so top-1 is not known."
	}
	return el("div", "figure",
		words("h2", "", "Agreement with float"),
		el("p", "figure-values", words("span", "quantized", phrase.Percent(ratio))),
		twin(0, ratio),
		outcomes(
			outcome{"Simulation and float", phrase.Count(int64(a.Agree)) + of, phrase.Percent(ratio)},
			outcome{"Integer engine and simulation", phrase.Count(int64(a.IntegerAgree)) + of, phrase.Percent(phrase.Ratio(a.IntegerAgree, a.Items))}),
		words("p", "help", note))
}

// figure is a number before and after, drawn as two bars too, with what explains it below.
func figure(title, before, after string, float, quantized float64, below ...vecty.MarkupOrChild) *vecty.HTML {
	return el("div", "figure", append([]vecty.MarkupOrChild{
		words("h2", "", title),
		el("p", "figure-values",
			words("span", "float", before), words("span", "arrow", "→"), words("span", "quantized", after)),
		twin(float, quantized)}, below...)...)
}

// twin draws float as a grey outline over quantized as a blue bar, both of the full width.
func twin(float, quantized float64) *vecty.HTML {
	return svg("svg", []string{"viewBox", "0 0 100 6", "preserveAspectRatio", "none", "class", "twin", "aria-hidden", "true"},
		svg("rect", []string{"class", "twin-rest", "x", "0", "y", "0", "width", "100", "height", "6"}),
		svg("rect", []string{"class", "twin-float", "x", "0", "y", "0", "width", num(100 * float), "height", "6"}),
		svg("rect", []string{"class", "twin-quantized", "x", "0", "y", "1.5", "width", num(100 * min(quantized, 1)), "height", "3"}))
}
