package view

import (
	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/site/store"
)

// claimLayers lists a receipt's layers in the order of the network: the SQNR that its sender reports of
// each, and what became of each here. Version 1 reports none.
func claimLayers(c *store.Claim) vecty.List {
	layers := c.Receipt.Layers
	if len(layers) == 0 {
		return vecty.List{}
	}
	axis := plot.SQNRAxis()
	return vecty.List{el("section", "card table-card claim-layers", attr("aria-labelledby", "claim-layers-title"),
		el("h2", "", attr("id", "claim-layers-title"), text(phrase.Plural(len(layers), "layer", "layers")+" in the order of the network")),
		el("div", "scroll", attr("tabindex", "0", "role", "region", "aria-label", "Layers of the receipt"),
			el("table", "layer-table",
				el("caption", "visually-hidden", text("The signal to quantization noise that the sender reports of each layer, in decibels, and whether its weights and its output were found to be the same here.")),
				el("thead", "", el("tr", "",
					heading("Layer", ""),
					el("th", "sqnr", attr("scope", "col"), words("span", "axis-title", "SQNR, as reported, dB"), guides(axis)),
					heading("Weights here", ""),
					heading("Output here", ""))),
				el("tbody", "", each(layers, func(i int, l receipt.Layer) vecty.ComponentOrHTML {
					return claimLayer(axis, l, layerCheck(c, i))
				})))),
		words("p", "help", "SQNR is the power of a layer's float output over that of its error; higher is better. It is reported by the sender; with your images it is computed again. "+
			"Weights and outputs are compared with the model alone: the output is what the integer engine makes of "+phrase.Plural(c.Receipt.Probes.Count, "probe", "probes")+", inputs generated from a seed."))}
}

// layerCheck is what became of layer i of a claim.
func layerCheck(c *store.Claim, i int) receipt.LayerCheck {
	if i < len(c.Layers) {
		return c.Layers[i]
	}
	return receipt.LayerCheck{Weights: receipt.NotRun, Output: receipt.NotRun}
}

func claimLayer(axis plot.Axis, l receipt.Layer, c receipt.LayerCheck) *vecty.HTML {
	sqnr := el("td", "sqnr")
	if l.SQNR != nil {
		sqnr = el("td", "sqnr", sqnrBar(axis, *l.SQNR, -1), words("span", "db", phrase.Decibels(*l.SQNR)))
	}
	weights := el("td", "")
	if l.Weights != "" {
		weights = layerMark(c.Weights)
	}
	output := el("td", "")
	if l.Output != "" {
		output = layerMark(c.Output)
	}
	return el("tr", "",
		el("th", "name", attr("scope", "row"), words("span", "layer-name", l.Name), when(c.Detail != "", func() *vecty.HTML { return words("span", "layer-kind", c.Detail) })),
		sqnr, weights, output)
}

func layerMark(s receipt.Status) *vecty.HTML {
	return el("td", "layer-mark "+statusClass(s), statusIcon(s), words("span", "", string(s)))
}
