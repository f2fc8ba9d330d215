package view

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/site/store"
)

// Bounds shows how far the integer sums of each layer can reach, whatever the input.
type Bounds struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (b *Bounds) Copy() vecty.Component { return copyOf(b) }

// Render draws the section.
func (b *Bounds) Render() vecty.ComponentOrHTML {
	return guard("section", func() *vecty.HTML {
		found := b.Store.State().Proven()
		sums := slices.Clone(found.Sums)
		slices.SortStableFunc(sums, func(a, b inspect.Sum) int { return cmp.Compare(b.Bits, a.Bits) })
		return el("section", "card table-card bounds", attr("aria-labelledby", "bounds-title"),
			el("div", "table-head",
				el("h2", "", attr("id", "bounds-title", "tabindex", "-1"), text("How large integer sums get")),
				el("div", "actions", button("small quiet", "", "Save CSV of the sums", false, func() {
					b.Store.Dispatch(store.SaveTable{Name: "sums", Table: found.Table()})
				}))),
			words("p", "diagnosis-verdict", phrase.Bounds(found.Bounds)),
			when(len(sums) > 0, func() *vecty.HTML {
				return el("div", "scroll bounds-sums", attr("tabindex", "0", "role", "region", "aria-label", "Sums of layers"),
					el("table", "fixes cards",
						el("thead", "", el("tr", "", heading("Layer", ""), heading("Products", "number"), heading("Least", "number"), heading("Greatest", "number"),
							heading("Bits", "number"), heading("Pairs beyond 16 bits", "number"))),
						el("tbody", "", each(sums, func(_ int, x inspect.Sum) vecty.ComponentOrHTML {
							return el("tr", "",
								el("th", "name", attr("scope", "row"), text(x.Name)),
								titled("Products", text(phrase.Count(int64(x.Terms)))),
								titled("Least", text(phrase.Count(x.Low))),
								titled("Greatest", text(phrase.Count(x.High))),
								titled("Bits", text(strconv.Itoa(x.Bits)+pick(x.Overflow > 0, ", in float", ""))),
								titled("Pairs beyond 16 bits", text(phrase.Count(int64(x.Saturating)))))
						}))))
			}),
			words("p", "help", "The bound of the channel that reaches farthest, its bias included, for the least and the greatest code at every input. The CSV has the input that reaches it."),
			when(len(found.Ties) > 0, func() *vecty.HTML { return words("p", "help", ties(found.Ties)) }))
	})
}

// ties says how much of the activations lies next to a tie, and where most.
func ties(list []inspect.Tie) string {
	var near, numbers int64
	most := list[0]
	for _, t := range list {
		near, numbers = near+t.Near, numbers+t.Numbers
		if t.Near*max(most.Numbers, 1) > most.Near*max(t.Numbers, 1) {
			most = t
		}
	}
	return share(phrase.Ratio(int(near), int(numbers))) + " of the activations lie within 1/4096 of a code from a rounding tie, where engines that add in another order may give another code; most in " +
		most.Name + " (" + share(phrase.Ratio(int(most.Near), int(most.Numbers))) + ")."
}

// sum is the bound of a layer's sums, where it was proven.
func (d *LayerDetail) sum(l report.Layer) vecty.List {
	x, proven := d.Store.State().Sum(l.Name)
	if !proven {
		return nil
	}
	return pair("Integer sums", text(phrase.Sum(x)))
}
