package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/diagnose"
)

func diagnoseNetwork(ctx context.Context, c console, args []string) error {
	f := newFlags("diagnose", "MODEL.onnx DATA...", "Finds out which layers lose the accuracy of a quantized network: each is quantized alone, and left in float\n"+
		"alone. DATA as for quantize; with labels, right answers are counted, else answers that stay the same.")
	jf := newJobFlags(f)
	items := f.Int("items", diagnose.DefaultItems, "measure every layer on `N` items")
	seconds := f.Float64("seconds", 0, "begin no further measurement after `N` seconds; 0: measure all")
	rest, err := f.parse(c.out, args, 2, -1)
	if err != nil {
		return err
	}
	r, err := jf.recipe()
	if err != nil {
		return err
	}
	job, err := jf.job(r, rest[0], rest[1:])
	if err != nil {
		return err
	}
	bar := newProgress(c.err)
	defer bar.clear()
	job.Progress = bar.step
	s, err := quant.Diagnose(ctx, job, diagnose.Options{
		Items: *items, Time: time.Duration(*seconds * float64(time.Second)),
		Progress: func(done, total int, left time.Duration, l *diagnose.Layer) {
			bar.step("measuring layers", done, total)
		},
	})
	if err != nil {
		return err
	}
	bar.clear()
	if *f.json {
		return printJSON(c.out, s)
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	show(w, "whole network\t%s; logits %.1f dB\n", answers(s.Whole), s.Whole.SQNR)
	if s.Left > 0 {
		show(w, "left\t%d measurements, for which the time was too short\n", s.Left)
	}
	show(w, "\nlayers, worst first\toperator\tits own output\tby weights\tby activations\taccumulated\talone\tby weights\tby activations\tall but it\n")
	for _, l := range s.Layers {
		show(w, "%s\t%s\t%.1f dB\t%.1f dB\t%.1f dB\t%.1f dB\t%s\t%s\t%s\t%s\n", l.Name, l.Op, l.Own.SQNR, l.OwnWeights.SQNR, l.OwnActivations.SQNR, l.Accumulated.SQNR,
			brief(l.Alone), brief(l.AloneWeights), brief(l.AloneActivations), brief(l.Spared))
	}
	return w.Flush()
}

// answers tells what became of them.
func answers(o diagnose.Outcome) string {
	if o.FloatOK > 0 {
		return fmt.Sprintf("%s of the %d items that the float network has right stay right", percent(o.Kept, o.FloatOK), o.FloatOK)
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
