package view

import (
	"strconv"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/site/form"
	"github.com/quantscope/quantscope/site/store"
)

// menu is what can be done about the selected layer. Each change runs again.
func (d *LayerDetail) menu(l report.Layer) *vecty.HTML {
	s := d.Store.State()
	own, has := s.Own(l.Name)
	float := has && own.Float
	bits := "0"
	if has && own.Weight != nil {
		bits = strconv.Itoa(own.Weight.Scheme.Bits)
	}
	label := pick(float, "Quantize it again", "Keep in float")
	return el("div", "menu",
		el("div", "actions",
			button("small", pick(float, "spark", "wave"), label, s.Elsewhere(), func() { d.Store.Dispatch(store.KeepFloat{Layer: l.Name, On: !float}) }),
			choice("Bits", "layer-bits", bits, append([]string{"0"}, form.Widths()...), func(v string) string {
				return pick(v == "0", strconv.Itoa(s.Recipe.Weight.Scheme.Bits)+", recipe", v)
			}, func(v string) {
				n, _ := strconv.Atoi(v)
				d.Store.Dispatch(store.LayerBits{Layer: l.Name, Bits: n})
			}),
			when(!s.InFloat(l) && !s.Elsewhere(), func() *vecty.HTML { return whatIf(d.Store) }),
			undo(d.Store)),
		when(s.Impossible() != "", func() *vecty.HTML { return words("p", "help wrong", s.Impossible()) }),
		when(s.InFloat(l), func() *vecty.HTML {
			return words("p", "help", "This layer was kept in float, "+phrase.Bytes(l.Bytes)+".")
		}))
}
