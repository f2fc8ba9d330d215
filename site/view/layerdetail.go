package view

import (
	"strconv"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/site/store"
)

// LayerDetail is what is known about the selected layer, its qparams included.
type LayerDetail struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (d *LayerDetail) Copy() vecty.Component { return copyOf(d) }

// Render draws the panel.
func (d *LayerDetail) Render() vecty.ComponentOrHTML {
	return guard("aside", func() *vecty.HTML {
		l, quantizers, ok := d.Store.State().Selected()
		if !ok {
			return el("aside", "card detail", attr("aria-label", "Layer"), words("p", "help", "Choose a layer to see its figures."))
		}
		return el("aside", "card detail", attr("aria-label", "Layer "+l.Name),
			el("div", "detail-head", words("p", "help", "Selected layer"),
				button("small quiet sheet-close", "cross", "Close the layer", false, func() { d.Store.Dispatch(store.CloseSheet{}) })),
			words("h2", "", l.Name),
			d.menu(l),
			slot(d.Store.State().WhatIf.Open, func() vecty.Component { return &WhatIf{Store: d.Store} }),
			d.plots(l),
			el("dl", "facts",
				pair("Module", text(kind(l))),
				vecty.If(l.QAT != "", pair("MQBench module", text(l.QAT))),
				pair("Output", words("code", "", phrase.Shape(l.Shape, d.Store.State().Result.Model.Free()))),
				pair("SQNR, simulation", text(phrase.Decibels(l.SQNR))),
				d.isolated(l),
				pair("SQNR, engine", text(phrase.Decibels(l.IntegerSQNR))),
				d.step(l),
				d.sum(l),
				vecty.If(l.WeightBits > 0, weightFacts(l)),
				pair("Cosine to float", text(strconv.FormatFloat(l.Cosine, 'f', 5, 64)))),
			each(quantizers, func(_ int, q inspect.Quantizer) vecty.ComponentOrHTML { return quantizer(q) }))
	})
}

// isolated is the SQNR of the layer alone, where “Why?” has measured it.
func (d *LayerDetail) isolated(l report.Layer) vecty.List {
	own, known := d.Store.State().Isolated(l.Name)
	if !known {
		return nil
	}
	return pair("SQNR, isolated", text(phrase.Decibels(own)))
}

// step says how the integer engine computes the layer, and why it differs from the simulation.
func (d *LayerDetail) step(l report.Layer) vecty.List {
	steps := d.Store.State().Result.Report.Steps
	if l.Step < 0 || l.Step >= len(steps) {
		return nil
	}
	st := steps[l.Step]
	how := pick(st.Integer, "on integers", "in float")
	if st.Why != "" {
		how += ": " + st.Why
	}
	switch {
	case st.Unequal > 0:
		how += "; " + share(st.Unequal) + " of its output is not the simulation's: " + string(st.Cause)
	case st.Cause == report.Placement:
		how += ", in the simulation too"
	}
	return pair("Engine", text(how), vecty.If(st.Cause != report.NoCause, words("p", "help", phrase.Meaning(st.Cause))))
}

func weightFacts(l report.Layer) vecty.List {
	return vecty.List{
		pair("SQNR of the weight", text(phrase.Decibels(l.WeightSQNR))),
		pair("Parameters", text(phrase.Count(int64(l.Parameters)))),
		pair("Bytes", text(phrase.Bytes(l.FloatBytes)+" → "+phrase.Bytes(l.Bytes)+" ("+phrase.Smaller(l.FloatBytes, l.Bytes)+")")),
	}
}

// quantizer shows the qparams of one fake-quantizer.
func quantizer(q inspect.Quantizer) *vecty.HTML {
	p := q.Params
	if len(p.Scale) == 0 {
		return nil
	}
	title := pick(q.Weight, "Weight", "Input activation")
	dtype := pick(q.Scheme.Symmetric, "int", "uint") + strconv.Itoa(q.Scheme.Bits)
	codes := text(dtype + ", " + phrase.Count(int64(p.QMin)) + " to " + phrase.Count(int64(p.QMax)))
	if len(p.Scale) == 1 {
		low := p.Scale[0] * float32(p.QMin-p.ZeroPoint[0])
		high := p.Scale[0] * float32(p.QMax-p.ZeroPoint[0])
		return el("section", "qparams",
			words("h3", "", title),
			el("dl", "facts",
				pair("Codes", codes),
				pair("Scale", words("code", "", phrase.Float(p.Scale[0]))),
				pair("Zero point", words("code", "", strconv.Itoa(int(p.ZeroPoint[0])))),
				pair("Range", words("code", "", phrase.Float(low)+" … "+phrase.Float(high)))))
	}
	least, most := p.Scale[0], p.Scale[0]
	for _, s := range p.Scale {
		least, most = min(least, s), max(most, s)
	}
	return el("section", "qparams",
		words("h3", "", title),
		el("dl", "facts",
			pair("Codes", codes),
			pair("Scales", text(phrase.Count(int64(len(p.Scale)))+", one for each channel")),
			pair("From, to", words("code", "", phrase.Float(least)+" … "+phrase.Float(most)))))
}
