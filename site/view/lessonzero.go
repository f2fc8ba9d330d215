package view

import (
	"math"
	"strconv"

	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/lessons"
	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/site/store"
)

// ZeroPicture is how often values occur over the codes that stand for them; the zero point is a handle.
type ZeroPicture struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (p *ZeroPicture) Copy() vecty.Component { return copyOf(p) }

// Render draws the picture. Its axis are the codes.
func (p *ZeroPicture) Render() vecty.ComponentOrHTML {
	return guard("figure", func() *vecty.HTML {
		l := p.Store.State().Lesson
		scene := *l.Scene
		below, above := l.Codes()
		low, high := l.Range()
		axis := plot.Stretch{Low: low, High: high}
		if low == high {
			axis.High = low + 1
		}
		most := below + above
		zero := float64(below) / float64(most)
		from, to := min(max(axis.At(scene.Min), 0), 1), min(max(axis.At(scene.Max), 0), 1)
		idle := max(int(math.Floor(from*float64(most))), 0) + max(most-int(math.Ceil(to*float64(most))), 0)
		affine := float64(max(-scene.Min, 0)) / float64(max(scene.Max, 0)+max(-scene.Min, 0))
		counts := 200 * tall(l) // height
		sentence := "Zero point " + strconv.Itoa(below) + " of codes 0 … " + strconv.Itoa(most) + ", scale " + phrase.Float((high-low)/float32(most)) +
			": " + phrase.Plural(idle, "code stands", "codes stand") + " for no value."
		return el("figure", "lesson-figure",
			el("div", "lesson-plot",
				svg("svg", []string{"width", "100%", "height", num(counts + 44), "role", "img", "aria-label", sentence},
					stretched(0, counts, svg("path", []string{"class", "outline", "d", plot.Area(scene.Bins, 100*axis.At(scene.Min), 100*axis.At(scene.Max))})),
					idleCodes(0, from, counts), idleCodes(to, 1, counts),
					upright("tick", 100*affine, 0, counts), upright("tick", 50, 0, counts),
					label(100*affine, counts+20, "affine"), label(50, counts+20, "symmetric"),
					upright("end", 100*zero, 0, counts+8),
					label(0, counts+40, "code 0: "+phrase.Float(low)), label(100, counts+40, "code "+strconv.Itoa(most)+": "+phrase.Float(high))),
				when(l.Offers(lessons.ZeroPoint), func() *vecty.HTML {
					return el("div", "lesson-handles",
						el("label", "visually-hidden", vecty.Markup(prop.For("lesson-zero")), text("Zero point")),
						handle("lesson-zero", "grip", strconv.Itoa(below)+", "+phrase.Plural(idle, "code", "codes")+" unused", 0, most, below, func(n int) {
							adjust(p.Store, func(s *lessons.Setting) { s.Zero = float64(n) / float64(most) })
						}))
				})),
			el("figcaption", "",
				words("p", "", sentence+" Shaded: these codes."),
				fact(l, spent(l))))
	})
}

// idleCodes shades codes without a value, from one share of the width to another.
func idleCodes(from, to, height float64) vecty.List {
	return when(to-from > 1e-3, func() *vecty.HTML {
		return svg("rect", []string{"class", "idle", "x", num(100*from) + "%", "y", "0", "width", num(100*(to-from)) + "%", "height", num(height)})
	})
}

// spent says what of a quantizer's codes is used, and what is lost.
func spent(l store.Lesson) string {
	e := l.Effect
	if e == nil {
		return ""
	}
	return phrase.Plural(e.Used, "code", "codes") + " used, " + phrase.Share(e.Clipped, l.Scene.Elements) + " of the values clipped, SQNR " + phrase.Decibels(e.SQNR) + "."
}
