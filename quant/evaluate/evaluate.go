// Package evaluate runs a calibrated network beside its float self over the evaluation items, as the
// simulation by fake-quantizers and on the integer engine, and reports what quantization cost: accuracy
// or agreement, the signal each layer lost, where engine and simulation differ and why, bytes, and the
// digests that another machine must reproduce.
package evaluate

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/report"
)

// Items are the data to evaluate on.
type Items struct {
	calibrate.Items
	Label func(i int) int // class index, report.Unlabelled where unknown
}

// Run evaluates c on all the items. The graph's first output is taken as the logits. The result is the
// same bits with any number of workers. Model and Recipe of the report are left to the caller. comparing
// is told how many items the layers have been compared on, progress how many have been evaluated.
func Run(ctx context.Context, c *calibrate.Calibrated, items Items, workers int, comparing, progress func(done, total int)) (*report.Report, error) {
	if items.Len < 1 {
		return nil, errors.New("evaluation needs at least one item")
	}
	l, err := compareLayers(ctx, c, items, comparing)
	if err != nil {
		return nil, err
	}
	t, err := tally(ctx, c, items, workers, progress)
	if err != nil {
		return nil, err
	}
	report.WorstFirst(l.layers)
	return &report.Report{
		Accuracy: t.accuracy, Size: size(c), Layers: l.layers, LayerItems: min(layerItems, items.Len),
		QParams: report.QParams(c.Params), Logits: t.quantized.String(), FloatLogits: t.float.String(),
		IntegerLogits: t.integer.String(), Steps: l.steps, StepItems: min(stepItems, items.Len),
	}, nil
}

// integer is the configuration of a run on the integer engine.
func integer(quants []exec.Quant) exec.Config {
	return exec.Config{Quant: quants, Integer: true, Dot: engine.ProbeDot()}
}

// results collects logits in the order of the items, whatever the order in which they come.
type results struct {
	mu                        sync.Mutex
	next                      int
	waiting                   map[int]logits // of items not yet counted
	accuracy                  report.Accuracy
	float, quantized, integer *report.Digest
	label                     func(i int) int
	classOffset               int
}

// logits are what the three runs make of one item.
type logits struct{ float, quantized, integer []float32 }

func (t *results) add(i int, l logits) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting[i] = l
	for {
		l, ok := t.waiting[t.next]
		if !ok {
			return
		}
		delete(t.waiting, t.next)
		t.accuracy.Count(l.float, l.quantized, t.label(t.next), t.classOffset)
		t.accuracy.CountInteger(l.quantized, l.integer, t.label(t.next), t.classOffset)
		t.float.Floats(l.float)
		t.quantized.Floats(l.quantized)
		t.integer.Floats(l.integer)
		t.next++
	}
}

func tally(ctx context.Context, c *calibrate.Calibrated, items Items, workers int, progress func(done, total int)) (*results, error) {
	t := &results{
		waiting: map[int]logits{}, float: report.NewDigest(), quantized: report.NewDigest(), integer: report.NewDigest(),
		label: items.Label, classOffset: c.Recipe.Data.ClassOffset,
	}
	float, err := pool.New(c.Float, exec.Config{}, workers)
	if err != nil {
		return nil, err
	}
	defer float.Close()
	// Each worker of the float pool borrows a pair of quantized Runners for as long as it has an item.
	type pair struct{ quantized, integer *exec.Runner }
	pairs := make(chan pair, max(workers, 1))
	for range cap(pairs) {
		q, err := exec.New(c.Graph, exec.Config{Quant: c.Exec()})
		if err != nil {
			return nil, err
		}
		defer q.Close()
		i, err := exec.New(c.Graph, integer(c.Exec()))
		if err != nil {
			return nil, err
		}
		defer i.Close()
		pairs <- pair{q, i}
	}
	err = float.Each(ctx, 0, items.Len, func(f *exec.Runner, i int) error {
		p := <-pairs
		defer func() { pairs <- p }()
		if _, err := runAll(items, i, f, p.quantized, p.integer); err != nil {
			return err
		}
		t.add(i, logits{f.Output(0), p.quantized.Output(0), p.integer.Output(0)})
		return nil
	}, func(n int) { progress(n, items.Len) })
	return t, err
}

// runAll gives item i to each of the runners, and returns it.
func runAll(items Items, i int, runners ...*exec.Runner) ([][]float32, error) {
	inputs, err := items.Inputs(i)
	if err != nil {
		return nil, err
	}
	for _, r := range runners {
		if err := r.Run(inputs...); err != nil {
			return nil, fmt.Errorf("evaluation item %d: %w", i, err)
		}
	}
	return inputs, nil
}
