package main

import (
	"context"
	"os"
	"text/tabwriter"

	"golang.org/x/term"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/guard"
)

// mostProposed is how many preprocessings a warning lists.
const mostProposed = 4

// guardPreprocess warns where the float network does badly as the images come to it, and another preprocessing is
// clearly better: nothing that comes after can make up for that. What keeps it from being found out is told by
// whatever comes after. runs is how often the command itself runs the network: finding out takes no longer.
func guardPreprocess(ctx context.Context, c console, job quant.Job, runs int, bar *progress) (*guard.Verdict, error) {
	job.Progress = bar.step
	v, err := quant.CheckPreprocess(ctx, job, quant.EnoughRight, runs)
	bar.clear()
	if err != nil || v == nil || !v.Better {
		return nil, ctx.Err()
	}
	red, plain := "", ""
	if f, ok := c.err.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		red, plain = "\x1b[1;31m", "\x1b[0m"
	}
	show(c.err, "%swarning: %s%s\n", red, v.Sentence(), plain)
	w := tabwriter.NewWriter(c.err, 0, 0, 2, ' ', 0)
	printTrials(w, v.Trials[:min(len(v.Trials), mostProposed)])
	return v, w.Flush()
}

func printTrials(w *tabwriter.Writer, trials []guard.Trial) {
	show(w, "preprocessing\tclass offset\ttop-1 in float\tloss\tconfidence\n")
	for _, t := range trials {
		right := "no labels"
		if t.Labelled > 0 {
			right = percent(t.Right, t.Labelled)
		}
		show(w, "%s\t%d\t%s of %d\t%.2f\t%.2f\n", t.Name, t.ClassOffset, right, t.Items, t.Loss, t.Confidence)
	}
}

func checkPreprocess(ctx context.Context, c console, args []string) error {
	f := newFlags("preprocess", "MODEL.onnx DATA...", "Tries on some images which preprocessing the float network was trained with: every known family's, the channels in both\n"+
		"orders, class offsets 0 and 1; with labels by right answers, without by the first layers' statistics and the answers'\n"+
		"confidence. Flags say how images are preprocessed now, and how large they become. DATA as for quantize.")
	job, v, err := ask(ctx, c, f, args, quant.Memory.Running, func(j quant.Job) (*guard.Verdict, error) { return quant.CheckPreprocess(ctx, j, 2, quant.AsItTakes) })
	if err != nil || *f.json {
		return err
	}
	if v == nil {
		show(c.out, "%s takes these data as they are: there is no preprocessing to choose.\n", job.Model.Name)
		return nil
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	verdict := v.Sentence()
	if verdict == "" {
		verdict = "The preprocessing stands: nothing else is clearly better."
	}
	show(w, "%s\n\n", verdict)
	printTrials(w, v.Trials)
	return w.Flush()
}
