package view

import (
	"strconv"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/site/store"
)

// TrainingPicture is weights on their way from code to code while they are trained, over the loss.
type TrainingPicture struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (p *TrainingPicture) Copy() vecty.Component { return copyOf(p) }

// Render draws the picture.
func (p *TrainingPicture) Render() vecty.ComponentOrHTML {
	return guard("figure", func() *vecty.HTML {
		l := p.Store.State().Lesson
		if l.Practice == nil {
			return el("figure", "lesson-figure", words("p", "help pending", "Training begins…"))
		}
		t := *l.Practice
		codes, loss := 180*tall(l), 56*tall(l) // heights
		paths, losses := plot.Tracks(t), plot.Losses(t)
		sentence := "Weights of the layer over " + phrase.Plural(t.Step, "step", "steps") + " of training, each between the codes that it rounds to."
		return el("figure", "lesson-figure",
			el("div", "lesson-plot",
				svg("svg", []string{"width", "100%", "height", num(codes + loss + 40), "role", "img", "aria-label", sentence},
					stretched(0, codes,
						svg("path", []string{"class", "boundary", "d", paths.Boundaries}),
						svg("path", []string{"class", "weight-track", "d", paths.Calm}),
						svg("path", []string{"class", "weight-track restless", "d", paths.Restless})),
					each(paths.Codes, func(_ int, m plot.Mark) vecty.ComponentOrHTML { return label(0, codes*m.X/100+4, m.Name) }),
					stretched(codes+20, loss, svg("path", []string{"class", "error sum", "d", losses})),
					label(0, codes+18, "Loss "+phrase.Small(t.Losses[0])), label(100, codes+18, "now "+phrase.Small(t.Losses[len(t.Losses)-1])),
					label(100, codes+loss+36, "step "+strconv.Itoa(t.Step)+" of "+strconv.Itoa(t.Steps)))),
			el("p", "lesson-keys", words("span", "key-restless", "returned to a code it had left"), words("span", "key-calm", "did not"), words("span", "key-tick", "rounding boundary")),
			el("figcaption", "", fact(l, restless(t))))
	})
}

// restless says what the weights did.
func restless(t inspect.Practice) string {
	return "Of " + phrase.Plural(t.Watched, "weight", "weights") + " " + phrase.Share(t.Back, t.Watched) + " returned to a code they had left,  " +
		phrase.Share(t.Moved, t.Watched) + " have a different code than at the start."
}

// trained is what training has brought so far.
func trained(l store.Lesson) *vecty.HTML {
	t := l.Practice
	if t == nil {
		return el("div", "lesson-answers", words("h2", "", "The network answers"), words("p", "help", "Training begins…"))
	}
	said := "Training, step " + strconv.Itoa(t.Step) + " of " + strconv.Itoa(t.Steps) + "…"
	if t.Step == t.Steps {
		said = "Trained: the same first answer as in float on " + strconv.Itoa(t.Agree) + " of " + phrase.Plural(t.Items, "item", "items") + "."
	}
	return el("div", pick(l.Current(), "lesson-answers", "lesson-answers pending"), attr("aria-busy", boolean(l.Waiting())),
		words("h2", "", "The network answers"),
		words("p", "", "Quantized, not trained: the same first answer as in float on "+strconv.Itoa(t.Before)+" of "+phrase.Plural(t.Items, "item", "items")+"."),
		el("p", pick(t.Step == t.Steps && t.Agree < t.Before, "lesson-verdict changed", "lesson-verdict"), attr("aria-live", "polite"), text(said)),
		words("p", "help", "The loss is the distance to the float network’s answers on the calibration items. All weights of the network are trained with Adam."),
		when(t.Stretch != 1, func() *vecty.HTML {
			return words("p", "", "The layer’s scales are now "+phrase.Percent(t.Stretch)+" of what they were, on average.")
		}))
}
