package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
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
	if !f.set("class-offset") && !f.whole {
		*offset = m.ClassOffset()
	}
	p = pf.fit(p, m.Inputs(), f.whole && *pf.family == "", d)
	feed, err := d.Feed(m.Inputs(), p)
	if err != nil {
		return err
	}
	if feed.Preprocessed() && !pf.given() && !f.whole {
		return errors.New("images need a preprocessing: name one with --preprocess, or say it with --mean and --std, or give a recipe with --recipe")
	}
	n := d.Len()
	if *items > 0 {
		n = min(n, *items)
	}
	bar := newProgress(c.err)
	defer bar.clear()
	job := quant.Job{Model: m, Data: d, Recipe: recipe.Recipe{Preprocess: p, Data: recipe.Data{ClassOffset: *offset}}, Workers: workers()}
	if job, err = job.Afford(ctx, quant.Memory.Running); err != nil {
		return err
	}
	better, err := guardPreprocess(ctx, c, job, n, bar)
	if err != nil {
		return err
	}
	e, err := evaluate(ctx, job, feed, n, func(done int) { bar.step("evaluate", done, n) })
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

// evaluate runs the first n items of a job, without those that cannot be used. Answers are counted in the order of the
// items and then forgotten: they may be as large as images.
func evaluate(ctx context.Context, j quant.Job, feed *dataset.Feed, n int, done func(int)) (*evaluation, error) {
	m, d, offset := j.Model, j.Data, j.Recipe.Data.ClassOffset
	runners, err := pool.New(ctx, m.Graph, exec.Config{}, j.Workers)
	if err != nil {
		return nil, err
	}
	defer runners.Close()
	e := &evaluation{Model: m.Name, SHA256: m.SHA256}
	digest := report.NewDigest()
	var used []int
	var y []float32     // the answer in turn
	var broken []string // names of items with answers that are no numbers
	var left []*dataset.ItemError
	turns := pool.NewTurns(1, 0)
	err = runners.Each(ctx, 0, n, func(r *exec.Runner, i int) error {
		x, err := feed.Tensors(i)
		var unusable *dataset.ItemError
		if err == nil {
			err = r.Run(ctx, x...)
		}
		if err != nil && !errors.As(err, &unusable) {
			turns.Fail(i)
			return err
		}
		if !turns.Wait(0, i) {
			return pool.ErrEarlier
		}
		defer turns.Done(0)
		if unusable != nil {
			left = append(left, unusable)
			return nil
		}
		used = append(used, i)
		y = r.ReadOutput(0, y)
		digest.Floats(y)
		if !graph.Finite(x...) || !graph.Finite(y) {
			broken = append(broken, d.Name(i))
			if d.Label(i) >= 0 {
				e.count(math.MaxInt)
			}
			return nil
		}
		if label := d.Label(i); label >= 0 {
			e.count(rankOf(y, label+offset))
		}
		return nil
	}, done)
	if err != nil {
		return nil, err
	}
	if e.Items = len(used); e.Items == 0 {
		return nil, fmt.Errorf("none of %d items can be used: %w", n, left[0])
	}
	e.Notes = slices.Concat([]string{}, m.Graph.Notes, d.Notes, feed.Notes, feed.Done(used))
	if len(left) > 0 {
		e.Notes = append(e.Notes, dataset.Left(left, n))
	}
	if len(broken) > 0 {
		e.Notes = append(e.Notes, quant.NotFinite(broken, len(used), "evaluation")+"; they count as wrong answers")
	}
	if beyond := m.Beyond(d, used, offset); beyond != "" {
		e.Notes = append(e.Notes, beyond)
	}
	e.Logits = digest.String()
	return e, nil
}

// count counts the answer of an item whose label has that rank in it.
func (e *evaluation) count(rank int) {
	e.Labelled++
	if rank == 0 {
		e.Top1++
	}
	if rank < 5 {
		e.Top5++
	}
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
