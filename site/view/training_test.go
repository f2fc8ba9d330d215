//go:build js

package view

import (
	"testing"

	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/site/store"
)

func TestTheFormHasEveryOptionOfATraining(t *testing.T) {
	d := show(t)
	d.open()
	d.run(3)
	d.do(store.OpenForm{Form: store.FormTraining})
	names(t, "with the form")
	set := func(id, value, kind string) {
		e := d.one("#" + id)
		e.Set("value", value)
		event(e, kind)
	}
	set("train-schedule", "step", "change")
	set("train-optimizer", "sgd", "change")
	set("train-average", "0.99", "change")
	set("train-decay", "0.0001", "change")
	set("train-shift", "4", "change")
	for _, id := range []string{"train-flip", "train-decay-only"} {
		d.one("#" + id).Call("click")
		frames()
	}
	d.button("Train").Call("click")
	frames()
	got := d.State().Jobs[0].Recipe.Train
	if got.Schedule != recipe.Step || got.Optimizer != recipe.SGD || got.Average != 0.99 || got.WeightDecay != 0.0001 || got.Shift != 4 || !got.Flip || !got.DecayOnly || got.Statistics {
		t.Errorf("%+v", got)
	}
}
