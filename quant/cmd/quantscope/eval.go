package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/guard"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
)

// workers is how many items run at a time: each has the network's memory for itself.
func workers() int { return min(runtime.GOMAXPROCS(0), 4) }

// evaluation is what eval prints.
type evaluation struct {
	Model    string   `json:"model"`
	SHA256   string   `json:"sha256"`
	Items    int      `json:"items"`
	Labelled int      `json:"labelled"`
	Top1     int      `json:"top1"` // of the labelled items
	Top5     int      `json:"top5"`
	Logits   string   `json:"logits"` // SHA-256, in the order of the items
	Notes    []string `json:"notes"`

	// Preprocessing is what another one gives, where that is clearly better.
	Preprocessing *guard.Verdict `json:"preprocessing,omitempty"`
}

func eval(ctx context.Context, c console, args []string) error {
	f := newFlags("eval", "MODEL.onnx DATA...", "Runs a network, float or with QuantizeLinear and DequantizeLinear in it, on images and counts right\n"+
		"answers. DATA are folders, .zip, .npy or .npz files, a .csv of labels, a .txt list of classes.")
	pf, labels := newPreprocessFlags(f), labelFlag(f)
	given := shapeFlag(f)
	file := f.String("recipe", "", "recipe `FILE` whose preprocessing and class offset are taken")
	offset := f.Int("class-offset", 0, "`N` classes stand before the first label (default as the recipe says, or 1 for networks of 1001 answers, else 0)")
	items := f.Int("items", 0, "evaluate only the first `N` items")
	rest, err := f.parse(c.out, args, 2, -1)
	if err != nil {
		return err
	}
	p := plainPreprocess()
	if *file != "" {
		r, err := f.recipe("", *file)
		if err != nil {
			return err
		}
		if p = r.Preprocess; !f.set("class-offset") {
			*offset = r.Data.ClassOffset
		}
	}
	if p, err = pf.over(p); err != nil {
		return err
	}
	if err := p.Validate(); err != nil {
		return err
	}
	m, err := openModel(rest[0], given)
	if err != nil {
		return err
	}
	d, err := openData(rest[1:], *labels)
	if err != nil {
		return err
	}
	if !f.set("class-offset") && *file == "" {
		*offset = m.ClassOffset()
	}
	p = pf.fit(p, m.Inputs(), *file != "" && *pf.family == "", d)
	feed, err := d.Feed(m.Inputs(), p)
	if err != nil {
		return err
	}
	if feed.Preprocessed() && !pf.given() && *file == "" {
		return errors.New("images need a preprocessing: name one with --preprocess, or say it with --mean and --std, or give a recipe with --recipe")
	}
	n := d.Len()
	if *items > 0 {
		n = min(n, *items)
	}
	bar := newProgress(c.err)
	defer bar.clear()
	better, err := guardPreprocess(ctx, c, quant.Job{Model: m, Data: d, Recipe: recipe.Recipe{Preprocess: p, Data: recipe.Data{ClassOffset: *offset}}, Workers: workers()}, n, bar)
	if err != nil {
		return err
	}
	e, err := evaluate(ctx, m, d, feed, n, *offset, func(done int) { bar.step("evaluate", done, n) })
	if err != nil {
		return err
	}
	bar.clear()
	e.Preprocessing = better
	if *f.json {
		return printJSON(c.out, e)
	}
	return e.print(c)
}

// evaluate runs the first n items of d, without those that cannot be used.
func evaluate(ctx context.Context, m *quant.Model, d *dataset.Dataset, feed *dataset.Feed, n, offset int, done func(int)) (*evaluation, error) {
	g := m.Graph
	runners, err := pool.New(ctx, g, exec.Config{}, workers())
	if err != nil {
		return nil, err
	}
	defer runners.Close()
	logits := make([][]float32, n)
	broken := make([]*dataset.ItemError, n)
	err = runners.Each(ctx, 0, n, func(r *exec.Runner, i int) error {
		x, err := feed.Tensors(i)
		if errors.As(err, &broken[i]) {
			return nil
		}
		if err == nil {
			err = r.Run(ctx, x...)
		}
		if err != nil {
			return err
		}
		logits[i] = r.Output(0)
		return nil
	}, done)
	if err != nil {
		return nil, err
	}
	e := &evaluation{Model: m.Name, SHA256: m.SHA256, Notes: slices.Concat([]string{}, g.Notes, d.Notes, feed.Notes)}
	digest := report.NewDigest()
	var used []int
	var left []*dataset.ItemError
	for i, x := range logits {
		if broken[i] != nil {
			left = append(left, broken[i])
			continue
		}
		used = append(used, i)
		digest.Floats(x)
		if label := d.Label(i); label >= 0 {
			e.Labelled++
			rank := rankOf(x, label+offset)
			if rank == 0 {
				e.Top1++
			}
			if rank < 5 {
				e.Top5++
			}
		}
	}
	if e.Items = len(used); e.Items == 0 {
		return nil, fmt.Errorf("none of %d items can be used: %w", n, left[0])
	}
	if e.Notes = append(e.Notes, feed.Done(used)...); len(left) > 0 {
		e.Notes = append(e.Notes, dataset.Left(left, n))
	}
	if beyond := m.Beyond(d, used, offset); beyond != "" {
		e.Notes = append(e.Notes, beyond)
	}
	e.Logits = digest.String()
	return e, nil
}

// rankOf is how many of x are larger than element at, an earlier one of the same size counting as
// larger. What is not a number is never larger, and at the end itself.
func rankOf(x []float32, at int) int {
	if at < 0 || at >= len(x) || x[at] != x[at] {
		return len(x)
	}
	rank := 0
	for i, v := range x {
		if v > x[at] || v == x[at] && i < at {
			rank++
		}
	}
	return rank
}

func (e *evaluation) print(c console) error {
	if e.Labelled == 0 {
		show(c.out, "%s: %d items, none with a label\n", e.Model, e.Items)
	} else {
		show(c.out, "%s: top-1 %s, top-5 %s of %d labelled items\n", e.Model, percent(e.Top1, e.Labelled), percent(e.Top5, e.Labelled), e.Labelled)
	}
	show(c.out, "logits  %s\n", e.Logits)
	for _, n := range e.Notes {
		show(c.out, "note: %s\n", n)
	}
	return nil
}
