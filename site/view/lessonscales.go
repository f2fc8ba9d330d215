package view

import (
	"math"
	"strconv"
	"strings"

	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/scheme"
	"github.com/quantscope/quantscope/site/lessons"
	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/site/store"
)

// ScalesPicture is how often a channel's sums occur, over the line by which they become codes; the end of the
// output's range is a handle.
type ScalesPicture struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (p *ScalesPicture) Copy() vecty.Component { return copyOf(p) }

// Render draws the picture.
func (p *ScalesPicture) Render() vecty.ComponentOrHTML {
	return guard("figure", func() *vecty.HTML {
		l := p.Store.State().Lesson
		if l.Scene.Output == nil {
			return el("figure", "lesson-figure", words("p", "", "Nothing rounds the output of this layer: its sums stay real numbers. Choose another layer."))
		}
		if l.Effect == nil || l.Effect.Sums == nil || l.Effect.Sums.To == nil {
			return measuring()
		}
		s, out := *l.Effect.Sums, *l.Scene.Output
		share := float32(l.Setting.Output)
		q, err := scheme.QScheme{Bits: 8}.FromRange([]float32{out[0] * share}, []float32{out[1] * share}, -1)
		if err != nil {
			return measuring()
		}
		axis := plot.Stretch{Low: min(float32(s.Low)*s.Unit, out[0]), High: max(float32(s.High)*s.Unit, 1.25*out[1])}
		end := axis.At(float32(q.QMax-q.ZeroPoint[0]) * q.Scale[0])
		bars := plot.Area(s.Bins, 100*axis.At(float32(s.Low)*s.Unit), 100*axis.At(float32(s.High)*s.Unit))
		counts, codes := 96*tall(l), 112*tall(l) // heights
		m := s.Unit / q.Scale[0]
		sentence := "Sums of output channel " + strconv.Itoa(s.Channel) + ", and the code of each."
		return el("figure", "lesson-figure",
			el("p", "lesson-formula",
				factor("s_x", s.XScale), operator("×"), factor("s_w", s.WScale), operator("/"), factor("s_y", q.Scale[0]), operator("="), factor("M", m)),
			el("div", "lesson-plot",
				svg("svg", []string{"width", "100%", "height", num(counts + codes + 42), "role", "img", "aria-label", sentence},
					hatch("hatch-lesson"),
					stretched(0, counts, svg("path", []string{"class", "outline", "d", bars})),
					beyond(end, 1, counts),
					stretched(counts+20, codes, svg("path", []string{"class", "error sum", "d", line(q, axis)})),
					upright("zero", 100*axis.At(0), 0, counts+20+codes),
					upright("end", 100*end, 0, counts+20+codes),
					label(0, counts+14, "sum "+whole(int64(axis.Low/s.Unit))), label(100, counts+14, whole(int64(axis.High/s.Unit))),
					label(100, counts+36, "code "+whole(int64(q.QMax))), label(0, counts+codes+36, "code "+whole(int64(q.QMin))),
					label(100*end, counts+codes+36, phrase.Float(float32(q.QMax-q.ZeroPoint[0])*q.Scale[0]))),
				when(l.Offers(lessons.Output), func() *vecty.HTML {
					return el("div", "lesson-handles",
						el("label", "visually-hidden", vecty.Markup(prop.For("lesson-output")), text("Upper end of the output’s range")),
						handle("lesson-output", "grip", phrase.Float(out[1]*share)+", multiplier "+phrase.Float(m), 0, notches, int(math.Round(end*notches)), func(n int) {
							adjust(p.Store, func(s *lessons.Setting) {
								s.Output = float64(max(axis.Value(float64(n)/notches), out[1]/20) / out[1])
							})
						}))
				})),
			el("figcaption", "",
				words("p", "", sentence+" The slope is M: one step of the code for every "+phrase.Float(1/m)+" of the sum."),
				fact(l, saturated(s))))
	})
}

// saturated says how many sums have no code.
func saturated(s inspect.Sums) string {
	return "Beyond the outermost codes: " + phrase.Share(s.Saturated, s.Looked) + " of the layer’s sums."
}

func factor(name string, value float32) *vecty.HTML {
	return el("span", "lesson-factor", words("code", "", name), words("span", "", phrase.Float(value)))
}

func operator(sign string) *vecty.HTML { return words("span", "lesson-operator", sign) }

// line is the code of each number of an axis, 100 × 100 units.
func line(q scheme.QParams, axis plot.Stretch) string {
	var b strings.Builder
	const points = 400
	for i := range points + 1 {
		code, _ := rounded(q, axis.Value(float64(i)/points))
		b.WriteString(pick(i == 0, "M", "L") + num(100*float64(i)/points) + " " + num(100*(1-float64(code-q.QMin)/float64(q.QMax-q.QMin))))
	}
	return b.String()
}

// tall is how many times as high as usual a picture is.
func tall(l store.Lesson) float64 { return pick(l.Present, 1.35, 1) }

// measuring stands for a picture that is not known yet.
func measuring() *vecty.HTML {
	return el("figure", "lesson-figure", words("p", "help pending", "Measuring on your network…"))
}

// fact is a line of what was measured; while the next answer is on its way it says so and is grey.
func fact(l store.Lesson, said string) *vecty.HTML {
	if !l.Current() {
		return el("p", "lesson-fact pending", words("span", "", said), text(" Measuring…"))
	}
	return el("p", "lesson-fact", words("span", "", said))
}
