package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/train"
)

// trainNetwork is quantize with a recipe that trains.
func trainNetwork(ctx context.Context, c console, args []string) error {
	f := newFlags("train", "MODEL.onnx DATA...", "Quantizes a network as quantize does and trains it with its quantizers in place, on the calibration items (give\n"+
		"it many: --calibration), towards the answers of the float network, for which no labels are needed, or towards labels.\n"+
		"The recipe holds how, so that quantize --recipe and verify give the same bits.")
	epochs := f.Int("epochs", 3, "`N` passes over the calibration items")
	batch := f.Int("train-batch", 0, "`N` items a step (default 16)")
	optimizer := f.String("optimizer", "", "`OPTIMIZER`: "+strings.Join(recipe.Optimizers(), ", ")+" (default adam)")
	rate := f.Float64("rate", 0, "initial learning `RATE` (default 0.0001, of sgd 0.01)")
	schedule := f.String("schedule", "", "`SCHEDULE` of the rate: "+strings.Join(recipe.Schedules(), ", ")+" (default cosine)")
	warm := f.Float64("warm-up", 0, "`SHARE` of the steps spent on linear warm-up")
	clip := f.Float64("clip", 0, "clip gradients to this global L2 `NORM` (default: no clipping)")
	smoothing := f.Float64("smoothing", 0, "`SHARE` of each label that is spread over all classes")
	decay := f.Float64("weight-decay", 0, "`WEIGHT` decay")
	only := f.Bool("decay-weights-only", false, "no weight decay on biases, normalization parameters, scales and zero points")
	average := f.Float64("average", 0, "EMA decay, a `SHARE`, of the parameters; the average becomes the result; 0.99 is usual")
	flip := f.Bool("flip", false, "flip each image left to right in half of the epochs")
	shift := f.Int("shift", 0, "shift each image by up to `N` pixels, by a new random amount every epoch")
	labels := f.Float64("label-loss", 0, "`SHARE` of the loss that is towards labels, 0 to 1; the rest is towards the float network's answers")
	temperature := f.Float64("temperature", 0, "temperature `T` that softens the float network's answers (default 1)")
	statistics := f.Bool("statistics", false, "batch normalization uses the statistics of each batch and keeps running ones")
	left := newResuming(f)
	return left.told(quantizeBy(ctx, c, args, f, left, func(r *recipe.Recipe) {
		t := &r.Train
		for _, o := range []struct {
			flag string
			set  func()
		}{
			{"train-batch", func() { t.Batch = *batch }},
			{"optimizer", func() { t.Optimizer = *optimizer }},
			{"rate", func() { t.Rate = float32(*rate) }},
			{"schedule", func() { t.Schedule = *schedule }},
			{"warm-up", func() { t.WarmUp = float32(*warm) }},
			{"clip", func() { t.Clip = float32(*clip) }},
			{"smoothing", func() { t.Smoothing = float32(*smoothing) }},
			{"weight-decay", func() { t.WeightDecay = float32(*decay) }},
			{"decay-weights-only", func() { t.DecayOnly = *only }},
			{"average", func() { t.Average = float32(*average) }},
			{"flip", func() { t.Flip = *flip }},
			{"shift", func() { t.Shift = *shift }},
			{"label-loss", func() { t.Labels = float32(*labels) }},
			{"temperature", func() { t.Temperature = float32(*temperature) }},
			{"statistics", func() { t.Statistics = *statistics }},
		} {
			if f.set(o.flag) {
				o.set()
			}
		}
		if f.set("epochs") || t.Epochs == 0 {
			t.Epochs = *epochs
		}
	}, func(j *quant.Job, bar *progress) error {
		defer bar.clear()
		first := 0
		var began time.Time
		j.Watch.Quantizers = true
		j.Watch.Began = func(m train.Moment) {
			first, began = m.Step, time.Now()
			c.disk.keeps.Store(*left.checkpoint != "")
		}
		j.Watch.Step = func(m train.Moment) {
			left.at = fmt.Sprintf("step %d", m.Step)
			speed := float64(m.Step-first) / time.Since(began).Seconds()
			bar.note(fmt.Sprintf("epoch %d of %d, loss %.4g, %.3g steps a second, %s left. %s", m.Epoch, m.Epochs, m.Loss, speed,
				phrase.Seconds(float64(m.Steps-m.Step)/speed), phrase.Standings(m.Quantizers)))
			if m.Step == m.Steps {
				c.disk.keeps.Store(false)
			}
		}
		return nil
	}))
}

// printTrained tells how training went.
func printTrained(w io.Writer, r recipe.Training, t *quant.Trained) {
	show(w, "trained\t%s\n", r)
	for i, e := range t.Epochs {
		show(w, "epoch %d\tloss %.5g, parameters %s\n", i+1, e.Loss, e.Digest[:16])
	}
	if said := phrase.Standings(t.Quantizers); said != "" {
		show(w, "quantizers\t%s\n", said)
	}
	before := ""
	if a := t.Before; a.Labelled > 0 {
		before = fmt.Sprintf("%s top-1 quantized, of %d labelled items; ", percent(a.Quantized, a.Labelled), a.Labelled)
	}
	show(w, "before\t%s%s of %d items get the same class\n", before, percent(t.Before.Agree, t.Before.Items), t.Before.Items)
}
