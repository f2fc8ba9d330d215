package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/recipe"
)

// jobFlags are those that say what is quantized how: a recipe, and what of it is otherwise.
type jobFlags struct {
	*flags
	shapes                                 shapes
	config, file, labels, refine           *string
	preprocess                             preprocessFlags
	calibration, batch, evaluation, offset *int
	iterations                             *int
	seed                                   *uint64
	overlap                                *bool
}

func newJobFlags(f *flags) jobFlags {
	return jobFlags{
		flags:       f,
		config:      f.String("config", "", "preset `RECIPE`: "+presetNames()+"; with -depthwise behind it scales per channel in depthwise convolutions only"),
		file:        f.String("recipe", "", "recipe `FILE`, JSON, or MQBench's configuration, YAML, JSON or Python"),
		preprocess:  newPreprocessFlags(f),
		labels:      labelFlag(f),
		shapes:      shapeFlag(f),
		refine:      f.String("refine", "", "choose which weights are rounded up and which down by `METHOD`: "+strings.Join(recipe.RoundingMethods(), ", ")),
		iterations:  f.Int("iterations", 0, "with --refine: `N` steps for each part of the network (default 500)"),
		calibration: f.Int("calibration", 0, "calibrate on `N` items"),
		batch:       f.Int("batch", 0, "`N` items that an observer sees at a time"),
		seed:        f.Uint64("seed", 0, "`SEED` of the split into calibration and evaluation"),
		evaluation:  f.Int("evaluation", 0, "evaluate on `N` items; 0: all that are left"),
		overlap:     f.Bool("overlap", false, "evaluate on calibration items too"),
		offset:      f.Int("class-offset", 0, "`N` classes stand before the first label (default as the recipe file says, or 1 for networks of 1001 answers, else 0)"),
	}
}

// recipe is what the flags say.
func (f jobFlags) recipe() (recipe.Recipe, error) {
	r, err := f.flags.recipe(*f.config, *f.file)
	if err != nil {
		return r, err
	}
	if r.Preprocess, err = f.preprocess.over(r.Preprocess); err != nil {
		return r, err
	}
	given := r.Validate()
	for _, o := range []struct {
		flag string
		set  func()
	}{
		{"calibration", func() { r.Data.Calibration = *f.calibration }},
		{"batch", func() { r.Data.Batch = *f.batch }},
		{"seed", func() { r.Data.Seed = *f.seed }},
		{"evaluation", func() { r.Data.Evaluation = *f.evaluation }},
		{"refine", func() { r.Refine.Rounding = recipe.Rounding{Method: *f.refine} }},
		{"iterations", func() { r.Refine.Rounding.Iterations = *f.iterations }},
		{"overlap", func() { r.Data.Overlap = *f.overlap }},
		{"class-offset", func() { r.Data.ClassOffset = *f.offset }},
	} {
		if f.set(o.flag) {
			o.set()
		}
	}
	err = r.Validate()
	if r.Data.Seed > mostSeed {
		err = fmt.Errorf("the seed is %d: 0 to %d are possible, which a receipt holds exactly", r.Data.Seed, uint64(mostSeed))
	}
	if err != nil && given == nil { // the flags are wrong, not a file
		return r, f.flags.wrong(err.Error())
	}
	return r, err
}

// mostSeed is the greatest integer up to which every one is a float64, which is what readers of JSON have.
const mostSeed = 1 << 53

// open is the job that the flags and args, a network and its data, say. Outputs that cannot be written are told first.
func (f jobFlags) open(c console, args []string, outputs ...string) (quant.Job, error) {
	r, err := f.recipe()
	if err := errors.Join(err, c.disk.check(append(args, *f.file), outputs...)); err != nil {
		return quant.Job{}, err
	}
	return f.job(r, args[0], args[1:])
}

// job opens the network and the data that a recipe is for.
func (f jobFlags) job(r recipe.Recipe, model string, data []string) (quant.Job, error) {
	j, err := open(model, data, *f.labels, f.shapes)
	if err != nil {
		return j, err
	}
	if !f.set("class-offset") && !f.whole {
		r.Data.ClassOffset = j.Model.ClassOffset()
	}
	r.Preprocess = f.preprocess.fit(r.Preprocess, j.Model.Inputs(), f.whole && *f.preprocess.family == "", j.Data)
	j.Recipe = r
	return j, nil
}

// ask opens the job that the arguments name and has it answered, with progress and the memory that stage takes; the answer
// is printed if JSON is asked for.
func ask[A any](ctx context.Context, c console, f *flags, args []string, stage func(quant.Memory, int) int64, answer func(quant.Job) (A, error)) (job quant.Job, a A, err error) {
	jf := newJobFlags(f)
	rest, err := f.parse(c.out, args, 2, -1)
	if err != nil {
		return job, a, err
	}
	if job, err = jf.open(c, rest); err != nil {
		return job, a, err
	}
	if job, err = job.Afford(ctx, stage); err != nil {
		return job, a, err
	}
	bar := newProgress(c.err)
	defer bar.clear()
	job.Progress = bar.step
	if a, err = answer(job); err != nil {
		return job, a, err
	}
	bar.clear()
	c.note(jf.notes)
	if *f.json {
		err = printJSON(c.out, a)
	}
	return job, a, err
}
