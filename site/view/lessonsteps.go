package view

import (
	"math"
	"strconv"
	"strings"

	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/scheme"
	"github.com/quantscope/quantscope/site/lessons"
	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/site/store"
)

// StepsPicture is one number that is dragged along the axis of a layer's input: its code, and the float that stands
// for the code.
type StepsPicture struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (p *StepsPicture) Copy() vecty.Component { return copyOf(p) }

// Render draws the picture, with the quantizer that the core has found.
func (p *StepsPicture) Render() vecty.ComponentOrHTML {
	return guard("figure", func() *vecty.HTML {
		l := p.Store.State().Lesson
		if l.Effect == nil || len(l.Effect.Params.Scale) != 1 {
			return el("figure", "lesson-figure", words("p", "help pending", "Running the network…"))
		}
		q, axis := l.Effect.Params, plot.StretchOf(*l.Scene)
		x := axis.Value(l.Setting.Value)
		code, back := rounded(q, x)
		high := 190 * tall(l)
		y := func(v float32) float64 { return high * (1 - axis.At(v)) }
		sentence := sum(q, x, code, back)
		return el("figure", "lesson-figure",
			el("div", "lesson-plot",
				svg("svg", []string{"width", "100%", "height", num(high + 40), "role", "img", "aria-label", sentence},
					stretched(0, high,
						svg("path", []string{"class", "error rounding", "d", "M0 100L100 0"}),
						svg("path", []string{"class", "error sum", "d", steps(q, axis)})),
					upright("zero", 100*axis.At(0), 0, high),
					upright("end", 100*l.Setting.Value, y(back), high),
					svg("circle", []string{"class", "lesson-dot", "cx", num(100*l.Setting.Value) + "%", "cy", num(y(back)), "r", "6"}),
					label(100*l.Setting.Value, high+18, "x = "+phrase.Float(x)),
					label(0, high+36, phrase.Float(axis.Low)), label(100, high+36, phrase.Float(axis.High))),
				when(l.Offers(lessons.Value), func() *vecty.HTML {
					return el("div", "lesson-handles",
						el("label", "visually-hidden", vecty.Markup(prop.For("lesson-value")), text("Number that is quantized")),
						handle("lesson-value", "grip", phrase.Float(x)+", code "+strconv.Itoa(int(code)), 0, notches, int(math.Round(l.Setting.Value*notches)), func(n int) {
							adjust(p.Store, func(s *lessons.Setting) { s.Value = float64(n) / notches })
						}))
				})),
			el("figcaption", "",
				words("p", "lesson-sum", sentence),
				words("p", "help", "Drag the number, or use the arrow keys. Dotted: what it is. Blue: what stands for it after quantization. The quantizer is that of “"+l.Scene.Tensor+"”.")))
	})
}

// rounded is the code of a number and what the code stands for, as MQBench rounds.
func rounded(q scheme.QParams, x float32) (code int32, back float32) {
	codes, fake := make([]int32, 1), make([]float32, 1)
	q.Quantize(codes, []float32{x}, []int{1}, scheme.PyTorch)
	q.FakeQuantize(fake, []float32{x}, []int{1}, scheme.PyTorch)
	return codes[0], fake[0]
}

// sum is the arithmetic of one number, written out.
func sum(q scheme.QParams, x float32, code int32, back float32) string {
	s, z := phrase.Float(q.Scale[0]), strconv.Itoa(int(q.ZeroPoint[0]))
	return "round(" + phrase.Float(x) + " / " + s + ") + " + z + " = code " + strconv.Itoa(int(code)) + " of " + strconv.Itoa(int(q.QMin)) + " … " + strconv.Itoa(int(q.QMax)) +
		", which stands for (" + strconv.Itoa(int(code)) + " − " + z + ") · " + s + " = " + phrase.Float(back) + "; error " + phrase.Float(back-x) + "."
}

// steps is what stands for each number of the axis, 100 × 100 units.
func steps(q scheme.QParams, axis plot.Stretch) string {
	var b strings.Builder
	const points = 1200
	for i := range points + 1 {
		_, back := rounded(q, axis.Value(float64(i)/points))
		b.WriteString(pick(i == 0, "M", "L") + num(100*float64(i)/points) + " " + num(100*(1-axis.At(back))))
	}
	return b.String()
}
