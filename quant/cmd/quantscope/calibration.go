package main

import (
	"context"
	"text/tabwriter"

	"github.com/quantscope/quantscope/quant"
)

func checkCalibration(ctx context.Context, c console, args []string) error {
	f := newFlags("calibration", "MODEL.onnx DATA...", "Finds out whether there are enough calibration images: how ranges and answers settle as there are more of them, with bands\n"+
		"from resampling, and which images make a range by themselves. DATA as for quantize.")
	_, a, err := ask(ctx, c, f, args, quant.Memory.Quantizing, func(j quant.Job) (*quant.Adequacy, error) { return quant.CheckCalibration(ctx, j) })
	if err != nil || *f.json {
		return err
	}
	c.note(a.Notes)
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	show(w, "%s\n\nitems\trange, of that of all\tband\n", a.Sentence())
	for _, s := range a.Ranges {
		show(w, "%d\t%.1f %%\t%.1f to %.1f %%\n", s.Items, 100*s.Middle, 100*s.Low, 100*s.High)
	}
	show(w, "\nitems\tlogits\tband\n")
	for _, s := range a.Answers {
		show(w, "%d\t%.1f dB\t%.1f to %.1f dB\n", s.Items, s.Middle, s.Low, s.High)
	}
	if len(a.Makers) > 0 {
		show(w, "\nitem\tof the range that is gone without it\tactivation\n")
	}
	for i, m := range a.Makers {
		show(w, "%s\t%.0f %%\t%s\n", a.Names[i], 100*m.Share, m.Quantizer)
	}
	return w.Flush()
}
