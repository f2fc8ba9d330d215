package view

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/lessons"
	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/site/store"
)

// ChannelsPicture is the range of each channel of a weight as a bar, the widest on top; the end of the range that
// they share is a handle. Below it is the narrowest channel alone, with the codes that fall into it.
type ChannelsPicture struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (p *ChannelsPicture) Copy() vecty.Component { return copyOf(p) }

// Render draws the picture.
func (p *ChannelsPicture) Render() vecty.ComponentOrHTML {
	return guard("figure", func() *vecty.HTML {
		l := p.Store.State().Lesson
		if l.Effect == nil || l.Effect.Weight == nil || len(l.Effect.Weight.Channels) == 0 {
			return measuring()
		}
		w := *l.Effect.Weight
		widest := max(-l.Scene.Weight[0], l.Scene.Weight[1])
		axis := plot.Stretch{Low: -widest, High: widest}
		if widest == 0 {
			axis.High = 1
		}
		shared := l.Setting.PerTensor
		from, to := axis.At(-l.Shared()), axis.At(l.Shared())
		if !shared {
			from, to = 0, 1
		}
		least, _ := store.Narrowest(w)
		high, strip := 146*tall(l), 28*tall(l)
		bars := plot.Extents(sorted(w.Channels), axis.At)
		sentence := phrase.Plural(len(w.Channels), "channel", "channels") + " of this layer’s weight, the widest on top. " +
			pick(shared, "With one scale for all, the range reaches "+phrase.Float(l.Shared())+".", "Each has a scale of its own.") +
			" Below: the codes within the channel that has the fewest."
		return el("figure", "lesson-figure",
			el("div", "lesson-plot lesson-channels",
				svg("svg", []string{"width", "100%", "height", num(high + strip + 62), "role", "img", "aria-label", sentence},
					hatch("hatch-lesson"),
					stretched(0, high, svg("path", []string{"class", "channel", "d", bars, "stroke-width", num(max(0.8*high/float64(len(w.Channels)), 0.7))})),
					beyond(0, from, high), beyond(to, 1, high),
					upright("zero", 50, 0, high),
					when(shared, func() *vecty.HTML {
						return svg("g", nil, upright("end", 100*from, 0, high), upright("end", 100*to, 0, high))
					}),
					label(0, high+16, phrase.Float(axis.Low)), label(50, high+16, "0"), label(100, high+16, phrase.Float(axis.High)),
					label(0, high+38, "Channel "+strconv.Itoa(least)+": "+phrase.Float(w.Channels[least].Min)+" … "+phrase.Float(w.Channels[least].Max)),
					stretched(high+44, strip, svg("path", []string{"class", "outline", "d", "M0 0H100V100H0Z"}), svg("path", []string{"class", "code-lines", "d", comb(w.Channels[least])}))),
				when(l.Offers(lessons.Weights) && shared, func() *vecty.HTML {
					return el("div", "lesson-handles",
						el("label", "visually-hidden", vecty.Markup(prop.For("lesson-weights")), text("Range that all channels share")),
						handle("lesson-weights", "grip", phrase.Float(l.Shared()), 0, notches, int(math.Round(to*notches)), func(n int) {
							adjust(p.Store, func(s *lessons.Setting) { s.Weight = max(2*float64(n)/notches-1, 1.0/notches) })
						}))
				})),
			el("figcaption", "", words("p", "", sentence), fact(l, fewest(w))))
	})
}

// fewest says what is left for the narrowest channel.
func fewest(w inspect.Weight) string {
	at, codes := store.Narrowest(w)
	return "Channel " + strconv.Itoa(at) + " gets the fewest codes: " + strconv.Itoa(int(codes)) + ". " +
		phrase.Share(w.Clipped, w.Elements) + " of the weights clipped, SQNR of the weight " + phrase.Decibels(w.SQNR) + "."
}

// sorted are channels, the widest first.
func sorted(channels []inspect.Channel) []inspect.Channel {
	return slices.SortedStableFunc(slices.Values(channels), func(a, b inspect.Channel) int { return cmp.Compare(b.Max-b.Min, a.Max-a.Min) })
}

// comb are the places of the codes within a channel's range, 100 × 100 units.
func comb(c inspect.Channel) string {
	step := (c.High - c.Low) / 255
	if !(step > 0) || c.Max <= c.Min {
		return ""
	}
	out := ""
	for k := math.Ceil(float64(c.Min / step)); k <= float64(c.Max/step); k++ {
		out += "M" + num(100*float64((float32(k)*step-c.Min)/(c.Max-c.Min))) + " 0v100"
	}
	return out
}
