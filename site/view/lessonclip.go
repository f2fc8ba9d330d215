package view

import (
	"math"

	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/lessons"
	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/site/store"
)

// ClipPicture is how the values of a layer's input spread, with the ends of the range as handles, over the errors
// that each range would have.
type ClipPicture struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (c *ClipPicture) Copy() vecty.Component { return copyOf(c) }

// notches are the places of a handle along the axis.
const notches = 200

// Render draws the picture.
func (c *ClipPicture) Render() vecty.ComponentOrHTML {
	return guard("figure", func() *vecty.HTML {
		l := c.Store.State().Lesson
		scene := *l.Scene
		spread, axis := plot.NewSpread(scene), plot.StretchOf(scene)
		low, high := l.Range()
		from, to := axis.At(low), axis.At(high)
		free := l.Offers(lessons.Range)
		counts, errors := 136*tall(l), 98*tall(l) // heights
		return el("figure", "lesson-figure",
			el("div", "lesson-plot",
				svg("svg", []string{"width", "100%", "height", num(counts + errors + 52), "role", "img", "aria-label", c.sentence(l)},
					hatch("hatch-lesson"),
					stretched(0, counts,
						svg("path", []string{"class", "outline", "d", spread.Area})),
					beyond(0, from, counts), beyond(to, 1, counts),
					stretched(counts+22, errors,
						svg("path", []string{"class", "error clipping", "d", spread.Clipping}),
						svg("path", []string{"class", "error rounding", "d", spread.Rounding}),
						svg("path", []string{"class", "error sum", "d", spread.Sum})),
					each(spread.Choices, func(_ int, m plot.Mark) vecty.ComponentOrHTML {
						return upright("tick", m.X, counts+22, counts+22+errors, svg("title", nil, text(m.Name)))
					}),
					upright("zero", spread.Zero, 0, counts),
					upright("end", 100*from, 0, counts+22+errors), upright("end", 100*to, 0, counts+22+errors),
					label(100*from, counts+14, phrase.Float(low)), label(100*to, counts+14, phrase.Float(high)),
					label(0, counts+errors+42, "Error of a range that ends here")),
				el("div", "lesson-handles",
					when(scene.Min < 0 && free, func() *vecty.HTML {
						return el("div", "", el("label", "visually-hidden", vecty.Markup(prop.For("lesson-low")), text("Lower end of the range")),
							handle("lesson-low", "grip", phrase.Float(low), 0, notches, int(math.Round(from*notches)), func(n int) {
								v := min(axis.Value(float64(n)/notches), 0)
								adjust(c.Store, func(s *lessons.Setting) { s.Low = float64(v / scene.Min) })
							}))
					}),
					when(scene.Max > 0 && free, func() *vecty.HTML {
						return el("div", "", el("label", "visually-hidden", vecty.Markup(prop.For("lesson-high")), text("Upper end of the range")),
							handle("lesson-high", "grip", c.spoken(l, high), 0, notches, int(math.Round(to*notches)), func(n int) {
								v := max(axis.Value(float64(n)/notches), scene.Max/notches)
								adjust(c.Store, func(s *lessons.Setting) { s.High = float64(v / scene.Max) })
							}))
					}))),
			el("p", "lesson-keys",
				words("span", "key-sum", "Error"), words("span", "key-clipping", "of clipping"), words("span", "key-rounding", "of rounding"),
				words("span", "key-tick", "an observer’s choice")),
			el("figcaption", "",
				words("p", "", c.sentence(l)),
				fact(l, spent(l)),
				words("p", "visually-hidden", "Grey: how many values there are, on a logarithmic scale. "+observers(spread.Choices))))
	})
}

// spoken is what a screen reader says of the handle.
func (c *ClipPicture) spoken(l store.Lesson, at float32) string {
	out := phrase.Float(at)
	if e := l.Effect; e != nil && l.Current() {
		out += ", " + phrase.Share(e.Clipped, l.Scene.Elements) + " clipped"
	}
	return out
}

// sentence says what the range is.
func (c *ClipPicture) sentence(l store.Lesson) string {
	low, high := l.Range()
	return "Values of “" + l.Scene.Tensor + "” from " + phrase.Float(l.Scene.Min) + " to " + phrase.Float(l.Scene.Max) +
		", range " + phrase.Float(low) + " … " + phrase.Float(high) + "."
}

func observers(marks []plot.Mark) string {
	out := ""
	for i, m := range marks {
		out += pick(i == 0, "From left to right the observers end the range at: ", "; ") + m.Name
	}
	return out + "."
}

// stretched draws paths of 100 × 100 units over the whole width.
func stretched(y, height float64, paths ...vecty.MarkupOrChild) *vecty.HTML {
	return svg("svg", []string{"x", "0", "y", num(y), "width", "100%", "height", num(height), "viewBox", "0 0 100 100", "preserveAspectRatio", "none"}, paths...)
}

// upright is a line at a share of the width, in percent.
func upright(class string, x, from, to float64, inside ...vecty.MarkupOrChild) *vecty.HTML {
	return svg("line", []string{"class", class, "x1", num(x) + "%", "x2", num(x) + "%", "y1", num(from), "y2", num(to)}, inside...)
}

// label is a text at a share of the width, in percent; it stays inside.
func label(x, y float64, s string) *vecty.HTML {
	anchor, aside := "middle", "0"
	if x < 8 {
		anchor, aside = "start", "5" // beside a line that is drawn there
	} else if x > 92 {
		anchor, aside = "end", "-5"
	}
	return svg("text", []string{"x", num(x) + "%", "dx", aside, "y", num(y), "text-anchor", anchor}, text(s))
}

// beyond hatches what is outside of a range, from one share of the width to another.
func beyond(from, to, height float64) vecty.List {
	return when(to-from > 1e-3, func() *vecty.HTML {
		return svg("rect", []string{"class", "clipped", "x", num(100*from) + "%", "y", "0", "width", num(100*(to-from)) + "%", "height", num(height), "fill", "url(#hatch-lesson)"})
	})
}
