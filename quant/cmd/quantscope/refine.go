package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/recipe"
)

// refinement is what refine prints as JSON.
type refinement struct {
	*diagnose.Improvement
	Recipe recipe.Recipe `json:"recipe"` // the one found
	Digest string        `json:"digest"` // its
}

func refineNetwork(ctx context.Context, c console, args []string) error {
	f := newFlags("refine", "MODEL.onnx DATA...", "Makes a recipe better step by step, without other integers than it has: equalization, GPTQ, other ranges, bias\n"+
		"correction, and where that is not enough more bits for the layers that lose the most. Every step is tried on a\n"+
		"quarter of the calibration items and kept if it leaves less noise. quantize --recipe takes the recipe that --recipe-out writes.")
	jf := newJobFlags(f)
	goal := goalFlags(f)
	recipeOut := f.output("recipe-out", "write the recipe that was found to `FILE`")
	rest, err := f.parse(c.out, args, 2, -1)
	if err != nil {
		return err
	}
	if err := goal.check(f, true); err != nil {
		return err
	}
	job, err := jf.open(c, rest, *recipeOut)
	if err != nil {
		return err
	}
	bar := newProgress(c.err)
	defer bar.clear()
	if job, err = job.Afford(ctx, quant.Memory.Quantizing); err != nil {
		return err
	}
	if _, err := guardPreprocess(ctx, c, job, job.Runs(), bar); err != nil {
		return err
	}
	found, err := quant.Recommend(ctx, job, goal.of(bar))
	if err != nil {
		return err
	}
	bar.clear()
	c.note(jf.notes, found.Notes)
	if *recipeOut != "" {
		if err := c.disk.writeRecipe(*recipeOut, found.After.Recipe); err != nil {
			return err
		}
	}
	if *f.json {
		digest, err := found.After.Recipe.Digest()
		return errors.Join(err, printJSON(c.out, refinement{found, found.After.Recipe, digest}))
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	printSteps(w, job.Model.Name, found)
	return w.Flush()
}

// goal is how far a recipe is to be made better.
type goal struct {
	target, seconds *float64
	bytes           *int64
	learn           *string
}

func goalFlags(f *flags) goal {
	return goal{
		target:  f.Float64("target", 98, "the least `PERCENT` of answers to keep, below which layers get more bits"),
		seconds: f.Float64("seconds", 0, "try nothing further after `N` seconds; 0: no bound"),
		learn:   f.String("learn", "", "try learned roundings too, by `METHOD`: adaround, brecq, qdrop, which take minutes, or gptq"),
		bytes:   f.Int64("more-bytes", 1<<20, "let the parameters take at most `N` bytes more"),
	}
}

// check says what is wrong with what was given, wanted being whether a recipe is to be made better at all.
func (g goal) check(f *flags, wanted bool) error {
	for _, name := range []string{"target", "seconds", "learn", "more-bytes"} {
		if !wanted && f.set(name) {
			return f.wrong(fmt.Sprintf("--%s says how the recipe is made better: give --recommended too", name))
		}
	}
	if methods := recipe.RoundingMethods(); *g.learn != "" && !slices.Contains(methods, *g.learn) {
		return f.wrong(fmt.Sprintf("--learn %q is none of %s", *g.learn, strings.Join(methods, ", ")))
	}
	return nil
}

func (g goal) of(bar *progress) diagnose.Goal {
	return diagnose.Goal{
		Share: *g.target / 100, MoreBytes: *g.bytes, Learn: recipe.Rounding{Method: *g.learn}, Time: time.Duration(*g.seconds * float64(time.Second)),
		Progress: func(title string, step, steps, done, total int) {
			bar.step(fmt.Sprintf("%d/%d %s", step+1, steps, title), done, total)
		},
	}
}

// printSteps tells what was tried, what it gained and what it costs.
func printSteps(w io.Writer, model string, found *diagnose.Improvement) {
	before := found.Before
	show(w, "%s, %s: %s; logits %.1f dB\n", model, before.Recipe.Name, answers(before.Outcome), before.Outcome.Typical)
	show(w, "\nstep\tanswers kept\tlogits\tmore bytes\tkept\n")
	for _, s := range found.Steps {
		kept := "no"
		if s.Kept {
			kept = "yes"
		}
		show(w, "%s\t%.1f %%\t%.1f dB\t%d\t%s\n", s.Title, 100*s.Outcome.Share(), s.Outcome.Typical, s.MoreBytes, kept)
	}
	after := found.After
	show(w, "\nfound: %s; logits %.1f dB; %d bytes more\n", answers(after.Outcome), after.Outcome.Typical, after.Bytes-before.Bytes)
	if !slices.ContainsFunc(found.Steps, func(s diagnose.Step) bool { return s.Kept }) {
		show(w, "The recipe is unchanged.\n")
	}
	if found.Untried > 0 {
		show(w, "There was no time for %d of the changes: give --seconds more, or 0 for all of them.\n", found.Untried)
	}
}
