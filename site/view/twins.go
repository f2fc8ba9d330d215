package view

import (
	"strconv"

	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/store"
)

// Twins sets the images that both networks answer with against each other: beside a divider, or their difference.
type Twins struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (t *Twins) Copy() vecty.Component { return copyOf(t) }

// Render draws the figure.
func (t *Twins) Render() vecty.ComponentOrHTML {
	return guard("figure", func() *vecty.HTML {
		o := t.Store.State().Outputs
		pairs, v := o.Gallery(), o.Twins
		f := pairs[min(v.Shown, len(pairs)-1)]
		return el("figure", "twins",
			el("ul", "twins-items", each(pairs, func(i int, f store.Flip) vecty.ComponentOrHTML { return t.item(i, i == min(v.Shown, len(pairs)-1), f) })),
			el("div", "twins-stage", vecty.Markup(on("keydown", t.key)),
				t.picture(f, v),
				when(v.Gain == 0, func() *vecty.HTML {
					return el("div", "twins-divider",
						el("label", "visually-hidden", vecty.Markup(prop.For("twins-split")), text("Divider: float on its left, quantized on its right")),
						handle("twins-split", "", strconv.Itoa(v.Split())+" % float", 0, 100, v.Split(), func(n int) { t.look(func(v *store.TwinsView) { v.Aside = n - 50 }) }))
				})),
			el("div", "twins-controls",
				segments("Comparison", v.Gain > 0, "Side by side", "Difference", func(difference bool) {
					t.look(func(v *store.TwinsView) { v.Gain = pick(difference, 8, 0) })
				}),
				when(v.Gain > 0, func() *vecty.HTML {
					var gains []string
					for _, g := range store.Gains() {
						gains = append(gains, strconv.Itoa(g))
					}
					return choice("Gain", "twins-gain", strconv.Itoa(v.Gain), gains, func(g string) string { return "×" + g }, func(g string) {
						if n, err := strconv.Atoi(g); err == nil {
							t.look(func(v *store.TwinsView) { v.Gain = n })
						}
					})
				})),
			el("figcaption", "",
				words("p", "", t.sentence(f, v)),
				words("p", "help", pick(v.Gain > 0, "Black: the same. Differences are of the pictures, 8 bits a channel.", "Drag the divider, or press 1 for the quantized image, 2 for both, 3 for float's."))))
	})
}

// look changes the view.
func (t *Twins) look(do func(v *store.TwinsView)) {
	v := t.Store.State().Outputs.Twins
	do(&v)
	t.Store.Dispatch(store.LookAt{View: v})
}

// key moves the divider to an end or to the middle.
func (t *Twins) key(e *vecty.Event) {
	at, known := map[string]int{"1": -50, "2": 0, "3": 50}[e.Get("key").String()]
	if known {
		t.look(func(v *store.TwinsView) { v.Aside, v.Gain = at, 0 })
	}
}

func (t *Twins) item(i int, here bool, f store.Flip) *vecty.HTML {
	return el("li", "", el("button", pick(here, "twins-item here", "twins-item"),
		attr("type", "button", "aria-pressed", boolean(here), "aria-label", f.Name+", PSNR "+phrase.Decibels(f.Twins.PSNR)),
		vecty.Markup(on("click", func(*vecty.Event) { t.look(func(v *store.TwinsView) { v.Shown = i }) })),
		el("img", "", vecty.Markup(prop.Src(f.QuantizedImage), vecty.Attribute("alt", ""), vecty.Attribute("width", "44"), vecty.Attribute("height", "44")))))
}

// picture are both images on one another, in a box as wide and high as they are.
func (t *Twins) picture(f store.Flip, v store.TwinsView) *vecty.HTML {
	w, h := strconv.Itoa(f.Twins.Width), strconv.Itoa(f.Twins.Height)
	image := func(address string, further ...string) *vecty.HTML {
		return svg("image", append([]string{"href", address, "width", w, "height", h, "class", "twins-image"}, further...))
	}
	at := num(float64(f.Twins.Width*v.Split()) / 100)
	frame := []string{"viewBox", "0 0 " + w + " " + h, "role", "img", "aria-label", t.sentence(f, v)}
	if v.Gain > 0 {
		gain := strconv.Itoa(v.Gain)
		amplified := func(channel string) *vecty.HTML { return svg(channel, []string{"type", "linear", "slope", gain}) }
		return svg("svg", frame,
			svg("filter", []string{"id", "twins-gain-" + gain, "color-interpolation-filters", "sRGB", "x", "0", "y", "0", "width", "1", "height", "1"},
				svg("feComponentTransfer", nil, amplified("feFuncR"), amplified("feFuncG"), amplified("feFuncB"))),
			svg("g", []string{"class", "twins-difference", "filter", "url(#twins-gain-" + gain + ")"},
				image(f.FloatImage), image(f.QuantizedImage, "data-over", "")))
	}
	return svg("svg", frame,
		svg("clipPath", []string{"id", "twins-left"}, svg("rect", []string{"width", at, "height", h})),
		image(f.QuantizedImage), image(f.FloatImage, "clip-path", "url(#twins-left)"),
		svg("line", []string{"class", "twins-line", "x1", at, "x2", at, "y1", "0", "y2", h}))
}

// sentence says what is to be seen.
func (t *Twins) sentence(f store.Flip, v store.TwinsView) string {
	what := pick(f.Twins.Masks, "masks", "images")
	near := "; PSNR " + phrase.Decibels(f.Twins.PSNR) + "."
	if v.Gain > 0 {
		return f.Name + ": difference of both " + what + ", ×" + strconv.Itoa(v.Gain) + near
	}
	return f.Name + ": float on the left, quantized on the right, divided at " + strconv.Itoa(v.Split()) + " %" + near
}
