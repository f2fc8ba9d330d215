package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/export"
	"github.com/quantscope/quantscope/quant/guard"
	"github.com/quantscope/quantscope/quant/internal/input"
	"github.com/quantscope/quantscope/quant/mqbench"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
)

// worstLayers is how many layers the table shows; --json has all.
const worstLayers = 10

// quantization is what quantize prints as JSON.
type quantization struct {
	Report  *report.Report        `json:"report"`
	Receipt *receipt.Receipt      `json:"receipt"`
	Format  string                `json:"format"`
	Bytes   int64                 `json:"bytes"` // of the files of the format
	Notes   []string              `json:"notes"`
	Steps   *diagnose.Improvement `json:"steps,omitempty"` // to the recipe, where --recommended was given
	Trained *quant.Trained        `json:"trained,omitempty"`
	// Preprocessing is what another than the recipe's gives, where that is clearly better.
	Preprocessing *guard.Verdict `json:"preprocessing,omitempty"`

	Changes []report.Change `json:"changes,omitempty"` // what each backend would do otherwise, where it was asked for
}

func quantize(ctx context.Context, c console, args []string) error {
	f := newFlags("quantize", "MODEL.onnx DATA...", "Calibrates a network on images, quantizes it, compares it with its float self on other images and\n"+
		"writes it as ONNX QDQ or as --format says. DATA are folders, .zip, .npy or .npz files, a .csv of labels, a .txt list of\n"+
		"classes. Flags override what the recipe says.")
	left := newResuming(f)
	return left.told(quantizeBy(ctx, c, args, f, left, func(*recipe.Recipe) {}, func(*quant.Job, *progress) error { return nil }))
}

// quantizeBy is quantize with a recipe that set changes last, and a job that left and ready do.
func quantizeBy(ctx context.Context, c console, args []string, f *flags, left *resuming, set func(r *recipe.Recipe), ready func(*quant.Job, *progress) error) error {
	jf := newJobFlags(f)
	out := f.output("o", "write the quantized network to `FILE`; where a format has several, their names begin like it")
	formatName := f.String("format", "", "`FORMAT` to write (default qdq, or what the backend takes where that cannot have its codes), without --config\n"+
		"                         and --recipe with the preset it is made for: "+formatNames())
	compare := f.Bool("compare", false, "tell what each backend would change")
	recommended := f.Bool("recommended", false, "make the recipe better first, as refine does")
	goal := goalFlags(f)
	recipeOut := f.output("recipe-out", "write the recipe that was used to `FILE`")
	receiptOut := f.output("receipt", "write the receipt of the result to `FILE`")
	source := f.String("source", "", "state in the receipt where others can download the model, `URL`")
	rest, err := f.parse(c.out, args, 2, -1)
	if err != nil {
		return err
	}
	if err := goal.check(f, *recommended); err != nil {
		return err
	}
	if f.set("source") {
		if err := receipt.CheckSource(*source); err != nil {
			return f.wrong(err.Error())
		}
	}
	format, err := f.formatOf(cmp.Or(*formatName, "qdq"))
	if err != nil {
		return err
	}
	if *jf.config == "" && *jf.file == "" && f.set("format") && format.Name != "qdq" {
		*jf.config = format.Backend
		if b, ok := backend.Of(*formatName); ok { // several may take the format
			*jf.config = b.Name
		}
	}
	r, err := jf.recipe()
	if err == nil {
		set(&r)
		err = r.Validate()
	}
	if err := errors.Join(err, c.disk.check(append(rest, *jf.file), f.outputs()...)); err != nil {
		return err
	}
	job, err := jf.job(r, rest[0], rest[1:])
	if err != nil {
		return err
	}
	if format, err = formatFor(job, format, f.set("format"), *out != ""); err != nil {
		return err
	}
	if err := ending(*out, format); err != nil {
		return err
	}
	bar := newProgress(c.err)
	defer bar.clear()
	if job, err = job.Afford(ctx, quant.Memory.Quantizing); err != nil {
		return err
	}
	preprocessing, err := guardPreprocess(ctx, c, job, job.Runs(), bar)
	if err != nil {
		return err
	}
	job.Progress = bar.step
	var steps *diagnose.Improvement
	if *recommended {
		if steps, err = quant.Recommend(ctx, job, goal.of(bar)); err != nil {
			return err
		}
		job.Recipe = steps.After.Recipe
	}
	if err := errors.Join(left.watch(c, &job), ready(&job, bar)); err != nil {
		return err
	}
	result, err := quant.Quantize(ctx, job)
	if err != nil {
		return err
	}
	bar.clear()
	result.Receipt.Model.Source = *source
	q := quantization{Steps: steps, Trained: result.Trained, Preprocessing: preprocessing, Report: result.Report, Receipt: result.Receipt, Format: format.Name, Notes: slices.Concat([]string{}, jf.notes, result.Notes)}
	if steps != nil {
		q.Notes = append(q.Notes, steps.Notes...)
	}
	// From here on the result is there: what fails is told, and takes nothing else with it.
	list, notes, failed := files(ctx, result, format, *out)
	q.Notes = append(q.Notes, notes...)
	for _, file := range list {
		q.Bytes += int64(len(file.Bytes))
	}
	if *out == "" {
		list = nil
	}
	further, err := documents(result, job.Recipe, *recipeOut, *receiptOut)
	failed = errors.Join(failed, err, c.disk.write(slices.Concat(list, further)...))
	if *compare {
		q.Changes, err = changes(ctx, job, bar)
		failed = errors.Join(failed, err)
		bar.clear()
	}
	if !c.disk.placed {
		list = nil
	}
	if *f.json {
		return errors.Join(printJSON(c.out, q), failed)
	}
	return errors.Join(q.print(c, list), failed)
}

func presetNames() string {
	s := ""
	for i, r := range recipe.Presets() {
		if i > 0 {
			s += ", "
		}
		s += r.Name
	}
	return s
}

// recipe is the preset or the file, config1 if neither is given. A file may be a configuration of MQBench's too,
// with the preset for what it does not say; what of it has no effect is noted.
func (f *flags) recipe(config, file string) (recipe.Recipe, error) {
	switch {
	case file != "":
		b, err := input.Read(file, input.MaxText)
		if err != nil {
			return recipe.Recipe{}, err
		}
		r, err := f.read(b, config)
		if err != nil {
			return recipe.Recipe{}, fmt.Errorf("%s: %w", file, err)
		}
		return r, nil
	case config == "":
		return recipe.Presets()[0], nil
	}
	r, err := recipe.Preset(config)
	if err != nil {
		return recipe.Recipe{}, f.wrong(err.Error())
	}
	return r, nil
}

// read reads a recipe, or a configuration of MQBench's over a preset.
func (f *flags) read(doc []byte, config string) (recipe.Recipe, error) {
	if !mqbench.LooksLike(doc) {
		if config != "" {
			return recipe.Recipe{}, f.wrong("give either --config or --recipe, not both, unless the file is a configuration of MQBench's")
		}
		f.whole = true
		return recipe.Parse(doc)
	}
	var base *recipe.Recipe
	if config != "" {
		p, err := recipe.Preset(config)
		if err != nil {
			return recipe.Recipe{}, f.wrong(err.Error())
		}
		base = &p
	}
	r, notes, err := mqbench.Read(doc, base)
	f.notes = append(f.notes, notes...)
	return r, err
}

// open reads model and data.
func open(model string, data []string, labels string, given shapes) (quant.Job, error) {
	m, err := openModel(model, given)
	if err != nil {
		return quant.Job{}, err
	}
	j := quant.Job{Model: m, Workers: workers(), Memo: &quant.Memo{}}
	if len(data) > 0 {
		j.Data, err = openData(data, labels)
	}
	return j, err
}

// documents are recipe and receipt, where they were asked for.
func documents(result *quant.Result, r recipe.Recipe, recipeOut, receiptOut string) (list []export.File, err error) {
	for _, d := range []struct {
		name      string
		canonical func() ([]byte, error)
	}{{recipeOut, r.Canonical}, {receiptOut, result.Receipt.Canonical}} {
		if d.name == "" {
			continue
		}
		b, problem := d.canonical()
		if problem != nil {
			err = errors.Join(err, fmt.Errorf("%s is not written: %w", d.name, problem))
			continue
		}
		list = append(list, export.File{Name: d.name, Bytes: append(b, '\n')})
	}
	return list, err
}

func (q quantization) print(c console, list []export.File) error {
	a, s, data := q.Report.Accuracy, q.Report.Size, q.Receipt.Data
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	if q.Steps != nil {
		printSteps(w, q.Report.Model, q.Steps)
		show(w, "\n")
	}
	show(w, "%s\t%s, %d items calibrate, %d evaluate\n", q.Report.Model, q.Receipt.Recipe.Name, data.Calibration.Count, data.Evaluation.Count)
	if q.Trained != nil {
		printTrained(w, q.Receipt.Recipe.Train, q.Trained)
	}
	ran := "on integers"
	if phrase.Integers(q.Report.Steps) == 0 {
		ran = "on the engine, all in float"
	}
	if a.Labelled > 0 {
		show(w, "top-1\t%s float, %s quantized, %s %s, of %d labelled items\n",
			percent(a.Float, a.Labelled), percent(a.Quantized, a.Labelled), percent(a.Integer, a.Labelled), ran, a.Labelled)
	}
	if len(q.Report.Outputs) == 0 {
		show(w, "agreement\t%s of %d items get the same class\n", percent(a.Agree, a.Items), a.Items)
		show(w, "integers\t%s of %d items get the quantized network's class; %s\n", percent(a.IntegerAgree, a.Items), a.Items, differences(q.Report.Steps))
	} else {
		for _, o := range q.Report.Outputs {
			show(w, "%s\t%s beside float; %s, beside the simulation, %s\n", o.Name, phrase.Nearness(o.Measure, o.Quantized), ran, phrase.Nearness(o.Measure, o.Integer))
		}
		show(w, "integers\t%s\n", differences(q.Report.Steps))
	}
	show(w, "parameters\t%s float, %s quantized\n", size(s.Float), size(s.Quantized))
	for _, d := range []struct{ name, digest string }{
		{"model", q.Receipt.Model.SHA256}, {"recipe", q.Report.Recipe}, {"qparams", q.Report.QParams}, {"logits", q.Report.Logits}, {"integer logits", q.Report.IntegerLogits},
	} {
		show(w, "%s\t%s\n", d.name, d.digest)
	}
	for _, file := range list {
		show(w, "written\t%s, %s\n", file.Name, size(int64(len(file.Bytes))))
	}
	for _, n := range q.Notes {
		show(w, "note\t%s\n", n)
	}
	show(w, "\nworst layers\toperator\toutput SQNR\t%s\tdiffers by\tweight SQNR\tbits\tparameters\n", ran)
	for _, l := range q.Report.Layers[:min(len(q.Report.Layers), worstLayers)] {
		cause := q.Report.Steps[l.Step].Cause
		if cause == report.NoCause {
			cause = "-"
		}
		show(w, "%s\t%s\t%.1f dB\t%.1f dB\t%s\t%.1f dB\t%d\t%d\n", l.Name, l.Op, l.SQNR, l.IntegerSQNR, cause, l.WeightSQNR, l.WeightBits, l.Parameters)
	}
	if len(q.Changes) > 0 {
		printChanges(w, q.Changes)
	}
	if q.Trained != nil {
		if worse := phrase.Worse(q.Trained.Before, a, q.Receipt.Recipe.Train); worse != "" {
			show(w, "\n%s\n", worse)
		}
	}
	return w.Flush()
}
