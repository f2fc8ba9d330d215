package view

import (
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
				leftOver(p.Store),
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
					recoverBy(p.Store, ""),
					button("", "file", "Save report", false, func() { p.Store.Dispatch(store.Report{}) }),
					button("", "share", "Share", false, func() { p.Store.Dispatch(store.OpenShare{}) }))),
			staleNote(p.Store),
			p.doubt(phrase.Doubt(r.Report), "Check the data settings"),
			p.doubt(phrase.Few(r.Report), "Add images"),
			when(r.Curve.Worse(r.Recipe.Train) != "", func() *vecty.HTML {
				return el("div", "warning", words("p", "", r.Curve.Worse(r.Recipe.Train)))
			}),
			slot(first, func() vecty.Component { return &Diagnosis{Store: p.Store} }),
			slot(s.OpenedForm() == store.FormTraining || s.Shown() != nil || s.LeftTraining() != nil, func() vecty.Component { return &Training{Store: p.Store} }),
			figures(r.Report),
			el("div", pick(s.Layers.Sheet, "layers opened", "layers"),
				slot(!s.Layers.Graph, func() vecty.Component { return &LayerTable{Store: p.Store} }),
				slot(s.Layers.Graph, func() vecty.Component { return &NetworkGraph{Store: p.Store} }),
				&LayerDetail{Store: p.Store}),
			&Runs{Store: p.Store},
			&Outputs{Store: p.Store},
			slot(!first, func() vecty.Component { return &Diagnosis{Store: p.Store} }),
			slot(s.Proven() != nil, func() vecty.Component { return &Bounds{Store: p.Store} }),
			twoNumbers(r.Report),
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

// figures are the headline numbers, a strip above the layers.
func figures(r report.Report) *vecty.HTML {
	a := r.Accuracy
	return el("div", "figures strip",
		when(a.Labelled > 0, func() *vecty.HTML {
			return stripped("Top-1", phrase.Percent(phrase.Ratio(a.Float, a.Labelled)), phrase.Percent(phrase.Ratio(a.Quantized, a.Labelled)),
				outcomes(
					answered("Simulation", a.Quantized, a.Float, a.Labelled),
					answered(phrase.Engine(r), a.Integer, a.Float, a.Labelled)))
		}),
		each(r.Outputs, func(_ int, o report.Output) vecty.ComponentOrHTML { return nearness(o, r) }),
		when(len(r.Outputs) == 0, func() *vecty.HTML { return agreement(r) }),
		stripped("Parameters", phrase.Bytes(r.Size.Float), phrase.Bytes(r.Size.Quantized),
			outcomes(
				outcome{"Size", phrase.Smaller(r.Size.Float, r.Size.Quantized), ""},
				outcome{"Items evaluated", phrase.Count(int64(a.Items)), ""})))
}

// agreement counts the items on which both networks answer the same; it needs no label.
func agreement(r report.Report) *vecty.HTML {
	a := r.Accuracy
	of := " of " + phrase.Count(int64(a.Items))
	return stripped("Agreement with float", "", phrase.Percent(phrase.Ratio(a.Agree, a.Items)),
		outcomes(
			outcome{"Simulation and float", phrase.Count(int64(a.Agree)) + of, ""},
			outcome{beside(r), phrase.Count(int64(a.IntegerAgree)) + of, phrase.Percent(phrase.Ratio(a.IntegerAgree, a.Items))}),
		when(a.Labelled == 0, func() *vecty.HTML {
			return words("p", "help", "There are no labels, so top-1 is not known.")
		}))
}

// stripped is a number before, if there is one, and after, with what explains it below.
func stripped(title, before, after string, below ...vecty.MarkupOrChild) *vecty.HTML {
	return el("div", "figure", append([]vecty.MarkupOrChild{
		words("h2", "", title),
		el("p", "figure-values",
			when(before != "", func() *vecty.HTML { return words("span", "float", before) }),
			when(before != "", func() *vecty.HTML { return words("span", "arrow", "→") }),
			words("span", "quantized", after))}, below...)...)
}

// nearness is how near an output stays to float's, by what it means.
func nearness(o report.Output, r report.Report) *vecty.HTML {
	return stripped(phrase.MeasureName(o.Measure)+", "+o.Name, "", phrase.Measured(o.Measure, o.Quantized.Value(o.Measure)),
		outcomes(
			outcome{"Simulation and float", phrase.Nearness(o.Measure, o.Quantized), ""},
			outcome{beside(r), phrase.Nearness(o.Measure, o.Integer), ""},
			outcome{"Items evaluated", phrase.Count(int64(r.Accuracy.Items)), ""}))
}

// beside names the comparison of both ways to run the quantized network.
func beside(r report.Report) string {
	return pick(phrase.Integers(r.Steps) == 0, "Engine and simulation", "Integer and simulation")
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
