package view

import (
	"math"
	"strconv"

	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/form"
	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/site/store"
)

// side is one quantizer of the layer: its numbers with the ends of the range as handles, and what else can be changed.
func (w *WhatIf) side(q inspect.Quantizer, f inspect.Fitted) *vecty.HTML {
	s := w.Store.State()
	id := pick(q.Weight, "whatif-weight", "whatif-input")
	title := pick(q.Weight, "Weight", "Input")
	c := w.change(q)
	turn := func(do func(c *inspect.Instead)) {
		c := c
		do(&c)
		w.suppose(q, c)
	}
	observed := func(do func(c *inspect.Instead)) func() { // an observer's range takes the place of a dragged one
		return func() { turn(func(c *inspect.Instead) { c.Range = nil; do(c) }) }
	}
	return el("figure", "plot whatif-side", attr("role", "group", "aria-label", title),
		el("div", "plot-head", words("h3", "", title), words("span", "help", dtype(q, c))),
		w.picture(id, q, f, c),
		el("p", pick(s.WhatIf.Fits(), "whatif-fact", "whatif-fact pending"), text(fitted(f))),
		el("div", "whatif-knobs",
			choice("Bits", id+"-bits", strconv.Itoa(c.Bits), form.Widths(), func(v string) string { return v }, func(v string) {
				if n, err := strconv.Atoi(v); err == nil {
					turn(func(c *inspect.Instead) { c.Bits = n })
				}
			}),
			choice("Observer", id+"-observer", c.Observer, finders(c), phrase.Spelled, func(v string) {
				observed(func(c *inspect.Instead) { c.Observer = v })()
			}),
			when(q.Weight, func() *vecty.HTML {
				return labelled("Scales", segments("Scales of the weight", c.PerChannel, "One for all", "Per channel", func(each bool) {
					observed(func(c *inspect.Instead) {
						if c.PerChannel = each; each && perTensor(c.Observer) {
							c.Observer = "minmax"
						}
					})()
				}))
			})))
}

// change is what is tried on a quantizer.
func (w *WhatIf) change(q inspect.Quantizer) inspect.Instead {
	all := w.Store.State().WhatIf.Change
	if c := pick(q.Weight, all.Weight, all.Input); c != nil {
		return *c
	}
	return store.Asis(q)
}

// suppose tries a change of a quantizer; one that changes nothing is none.
func (w *WhatIf) suppose(q inspect.Quantizer, c inspect.Instead) {
	all := w.Store.State().WhatIf.Change
	at := pick(q.Weight, &all.Weight, &all.Input)
	if *at = &c; c == store.Asis(q) {
		*at = nil
	}
	w.Store.Dispatch(store.Suppose{Change: all})
}

// The sizes of the picture, in pixels.
const (
	triedHigh = 92
	triedText = 18
)

// picture are the counts of the numbers, logarithmic, with what the range leaves out hatched. The handles move at
// once, whatever the engine has answered.
func (w *WhatIf) picture(id string, q inspect.Quantizer, f inspect.Fitted, c inspect.Instead) *vecty.HTML {
	axis := plot.Stretch{Low: min(f.Min, 0), High: max(f.Max, 0)}
	if q.Scheme.Symmetric {
		axis = plot.Stretch{Low: -max(-f.Min, f.Max), High: max(-f.Min, f.Max)}
	}
	if axis.Low == axis.High {
		axis.High = axis.Low + 1
	}
	low, high := f.Low, f.High // where the handles are
	if q.Scheme.Symmetric {
		high = (f.High - f.Low) / 2
	}
	lowest, highest := f.Low, f.High // where codes end: of 2 bits, symmetric, they are -2 to 1
	if c.Range != nil {
		if lowest, highest = c.Range[0], c.Range[1]; q.Scheme.Symmetric && high > 0 {
			lowest, highest = f.Low/high*c.Range[1], f.High/high*c.Range[1]
		}
		low, high = c.Range[0], c.Range[1]
	}
	low, high = max(low, axis.Low), min(high, axis.High)
	from, to := axis.At(max(lowest, axis.Low)), axis.At(min(highest, axis.High))
	pull := func(low, high float32) {
		c := c
		c.Range = &[2]float32{low, high}
		if q.Scheme.Symmetric {
			c.Range[0] = -high
		}
		w.suppose(q, c)
	}
	sentence := "Numbers from " + phrase.Float(f.Min) + " to " + phrase.Float(f.Max) + ", range " + phrase.Float(lowest) + " … " + phrase.Float(highest) + "."
	clipped := pick(w.Store.State().WhatIf.Fits(), ", "+phrase.Share(f.Clipped, f.Elements)+" clipped", "")
	grip := func(end, label, value string, at float64, turn func(v float32)) *vecty.HTML {
		return el("div", "", el("label", "visually-hidden", vecty.Markup(prop.For(id+end)), text(label)),
			handle(id+end, "grip", value, 0, notches, int(math.Round(at*notches)), func(n int) { turn(axis.Value(float64(n) / notches)) }))
	}
	return el("div", "lesson-plot whatif-plot",
		svg("svg", []string{"width", "100%", "height", num(triedHigh + triedText), "role", "img", "aria-label", sentence},
			hatch("hatch-"+id),
			stretched(0, triedHigh, svg("path", []string{"class", "outline", "d", plot.Area(f.Bins, 100*axis.At(f.Min), 100*axis.At(f.Max))})),
			outside(id, 0, from), outside(id, to, 1),
			upright("zero", 100*axis.At(0), 0, triedHigh),
			upright("end", 100*from, 0, triedHigh), upright("end", 100*to, 0, triedHigh),
			label(100*from, triedHigh+14, phrase.Float(lowest)), label(100*to, triedHigh+14, phrase.Float(highest))),
		el("div", "lesson-handles",
			when(!q.Scheme.Symmetric && axis.Low < 0, func() *vecty.HTML {
				return grip("-low", "Lower end of the range of the "+named(q), phrase.Float(low)+clipped, axis.At(low), func(v float32) { pull(min(v, 0), high) })
			}),
			when(axis.High > 0, func() *vecty.HTML {
				return grip("-high", pick(q.Scheme.Symmetric, "Magnitude that the range of the ", "Upper end of the range of the ")+named(q)+pick(q.Scheme.Symmetric, " reaches to", ""),
					phrase.Float(high)+clipped, axis.At(high), func(v float32) { pull(low, max(v, axis.High/notches)) })
			})))
}

// outside hatches what a range leaves out, from one share of the width to another.
func outside(id string, from, to float64) vecty.List {
	return when(to-from > 1e-3, func() *vecty.HTML {
		return svg("rect", []string{"class", "clipped", "x", num(100*from) + "%", "y", "0", "width", num(100*(to-from)) + "%", "height", num(triedHigh), "fill", "url(#hatch-" + id + ")"})
	})
}

func named(q inspect.Quantizer) string { return pick(q.Weight, "weight", "input") }

// dtype is the integer type that is tried.
func dtype(q inspect.Quantizer, c inspect.Instead) string {
	q.Scheme.Bits = c.Bits
	lowest, highest := q.Scheme.Range()
	return phrase.Count(int64(lowest)) + " to " + phrase.Count(int64(highest))
}

// fitted says how the quantizer fits the numbers.
func fitted(f inspect.Fitted) string {
	return "SQNR " + phrase.Decibels(f.SQNR) + ", " + strconv.Itoa(f.Used) + " of " + strconv.Itoa(f.Codes) + " codes used, " +
		pick(f.Clipped == 0, "none", phrase.Share(f.Clipped, f.Elements)) + " clipped"
}

// finders are the observers of such scales, and the one that there is.
func finders(c inspect.Instead) []string {
	var out []string
	for _, k := range observer.Kinds() {
		if k.Name == c.Observer || !k.PoT && !(c.PerChannel && k.PerTensor) {
			out = append(out, k.Name)
		}
	}
	return out
}

func perTensor(name string) bool {
	k, err := observer.KindOf(name)
	return err == nil && k.PerTensor
}
