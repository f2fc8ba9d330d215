package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/diagnose"
)

func diagnoseNetwork(ctx context.Context, c console, args []string) error {
	f := newFlags("diagnose", "MODEL.onnx DATA...", "Finds out which layers lose the accuracy of a quantized network, why, and what helps: each layer is quantized\n"+
		"alone, causes are measured, and fixes are tried before they are offered. DATA as for quantize; with labels, right\n"+
		"answers are counted, else answers that stay the same.")
	jf := newJobFlags(f)
	items := f.Int("items", 32, "try fixes on `N` items")
	layerItems := f.Int("layer-items", diagnose.DefaultItems/2, "measure every layer on `N` items")
	seconds := f.Float64("seconds", 15, "end after about `N` seconds, loading not counted; 0: measure everything")
	fixOut := f.output("recipe-out", "write the recipe of the first fix to `FILE`")
	rest, err := f.parse(c.out, args, 2, -1)
	if err != nil {
		return err
	}
	job, err := jf.open(c, rest, *fixOut)
	if err != nil {
		return err
	}
	bar := newProgress(c.err)
	defer bar.clear()
	started := time.Now()
	if job, err = job.Afford(ctx, quant.Memory.Quantizing); err != nil {
		return err
	}
	if _, err := guardPreprocess(ctx, c, job, job.Recipe.Data.Calibration, bar); err != nil {
		return err
	}
	d, err := quant.Diagnose(ctx, job, *items, diagnose.Plan{
		LayerItems: *layerItems, Time: left(*seconds, started),
		Progress: func(stage string, done, total int, _ time.Duration) { bar.step(stage, done, total) },
	})
	if err != nil {
		return err
	}
	bar.clear()
	c.note(jf.notes, d.Notes)
	took := time.Since(started).Seconds()
	if *fixOut != "" {
		if len(d.Fixes) == 0 {
			return errors.New("there is no fix whose recipe could be written: nothing that the backend allows is left to try")
		}
		if err := c.disk.writeRecipe(*fixOut, d.Fixes[0].Recipe); err != nil {
			return err
		}
	}
	if *f.json {
		return printJSON(c.out, d)
	}
	if err := printDiagnosis(c, job.Model.Name, d); err != nil {
		return err
	}
	if *seconds > 0 && took > late**seconds {
		show(c.out, "\nThis took %.0f s and not the %g of --seconds: calibrating, the four worst layers and the first fix are not cut short. Fewer --calibration items take less.\n", took, *seconds)
	}
	return nil
}

// late is from how many times the seconds asked for on a diagnosis says that it took longer.
const late = 1.2

func printDiagnosis(c console, model string, d *diagnose.Diagnosis) error {
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	show(w, "%s, %s: %s; logits %.1f dB\n", model, d.Recipe.Name, answers(d.Whole.Outcome), d.Whole.Outcome.Typical)
	show(w, "%s\n", d.Sentence())
	for _, f := range d.Findings {
		show(w, "\n%s: %s (%.0f %% of the noise)\n  %s\n", f.Layer, f.Cause, 100*f.Noise, f.Sentence)
	}
	if len(d.Fixes) > 0 {
		show(w, "\nfixes, tried on %d items\tanswers kept\tlogits\tmore bytes\n", d.Whole.Outcome.Items)
	}
	for _, f := range d.Fixes {
		show(w, "%s\t%.1f %%\t%.1f dB\t%d\n", f.Title, 100*f.Outcome.Share(), f.Outcome.Typical, f.MoreBytes)
	}
	s := d.Sensitivity
	show(w, "\nlayers, worst alone first\tits own output\tby weights\tby activations\taccumulated\talone\tby weights\tby activations\tall but it\n")
	for _, l := range s.Layers[:min(len(s.Layers), worstLayers)] {
		show(w, "%s\t%.1f dB\t%.1f dB\t%.1f dB\t%.1f dB\t%s\t%s\t%s\t%s\n", l.Name, l.Own.SQNR, l.OwnWeights.SQNR, l.OwnActivations.SQNR, l.Accumulated.SQNR,
			brief(l.Alone), brief(l.AloneWeights), brief(l.AloneActivations), brief(l.Spared))
	}
	if s.Left > 0 || d.Untried > 0 {
		show(w, "\nThere was no time for %d of the measurements and %d of the fixes: give --seconds more, or 0 for all of them.\n", s.Left, d.Untried)
	}
	return w.Flush()
}

// left is what is left of some seconds since they began, 0 for 0, which is no bound.
func left(seconds float64, started time.Time) time.Duration {
	if seconds == 0 {
		return 0
	}
	return max(time.Duration(seconds*float64(time.Second))-time.Since(started), 1)
}

// answers tells what became of them.
func answers(o diagnose.Outcome) string {
	if o.FloatRight > 0 {
		return fmt.Sprintf("%s of the %d items that the float network has right stay right", percent(o.Kept, o.FloatRight), o.FloatRight)
	}
	return fmt.Sprintf("%s of %d items get the same class", percent(o.Agree, o.Items), o.Items)
}

// brief is an outcome in a table: the share of answers that is left, and the SQNR of the logits.
func brief(o *diagnose.Outcome) string {
	if o == nil {
		return "-"
	}
	return fmt.Sprintf("%.0f %%, %.1f dB", 100*o.Share(), o.SQNR)
}
