// Package evaluate runs a calibrated network beside its float self over the evaluation items and
// reports what quantization cost: accuracy or agreement, the signal each layer lost, bytes, and the
// digests that another machine must reproduce.
package evaluate

import (
	"context"
	"errors"
	"fmt"
	"sync"

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

// layerItems is on how many items the layers are compared: a layer's SQNR hardly moves after a few,
// and every layer's output has to be read.
const layerItems = 16

// Run evaluates c on all the items. The graph's first output is taken as the logits. The result is the
// same bits with any number of workers. Model and Recipe of the report are left to the caller. comparing
// is told how many items the layers have been compared on, progress how many have been evaluated.
func Run(ctx context.Context, c *calibrate.Calibrated, items Items, workers int, comparing, progress func(done, total int)) (*report.Report, error) {
	if items.Len < 1 {
		return nil, errors.New("evaluation needs at least one item")
	}
	layers, err := compareLayers(ctx, c, items, comparing)
	if err != nil {
		return nil, err
	}
	t, err := tally(ctx, c, items, workers, progress)
	if err != nil {
		return nil, err
	}
	report.WorstFirst(layers)
	return &report.Report{
		Accuracy: t.accuracy, Size: size(c), Layers: layers, LayerItems: min(layerItems, items.Len),
		QParams: report.QParams(c.Params), Logits: t.quantized.String(), FloatLogits: t.float.String(),
	}, nil
}

// results collects logits in the order of the items, whatever the order in which they come.
type results struct {
	mu               sync.Mutex
	next             int
	waiting          map[int][2][]float32 // float and quantized logits of items not yet counted
	accuracy         report.Accuracy
	float, quantized *report.Digest
	label            func(i int) int
	classOffset      int
}

func (t *results) add(i int, float, quantized []float32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting[i] = [2][]float32{float, quantized}
	for {
		l, ok := t.waiting[t.next]
		if !ok {
			return
		}
		delete(t.waiting, t.next)
		t.accuracy.Count(l[0], l[1], t.label(t.next), t.classOffset)
		t.float.Floats(l[0])
		t.quantized.Floats(l[1])
		t.next++
	}
}

func tally(ctx context.Context, c *calibrate.Calibrated, items Items, workers int, progress func(done, total int)) (*results, error) {
	t := &results{
		waiting: map[int][2][]float32{}, float: report.NewDigest(), quantized: report.NewDigest(),
		label: items.Label, classOffset: c.Recipe.Data.ClassOffset,
	}
	float, err := pool.New(c.Float, exec.Config{}, workers)
	if err != nil {
		return nil, err
	}
	defer float.Close()
	// Each worker of the float pool borrows a quantized Runner for as long as it has an item.
	quantized := make(chan *exec.Runner, max(workers, 1))
	for range cap(quantized) {
		q, err := exec.New(c.Graph, exec.Config{Quant: c.Exec()})
		if err != nil {
			return nil, err
		}
		defer q.Close()
		quantized <- q
	}
	err = float.Each(ctx, 0, items.Len, func(f *exec.Runner, i int) error {
		q := <-quantized
		defer func() { quantized <- q }()
		if err := runBoth(f, q, items, i); err != nil {
			return err
		}
		t.add(i, f.Output(0), q.Output(0))
		return nil
	}, func(n int) { progress(n, items.Len) })
	return t, err
}

func runBoth(f, q *exec.Runner, items Items, i int) error {
	inputs, err := items.Inputs(i)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Run(inputs...), q.Run(inputs...)); err != nil {
		return fmt.Errorf("evaluation item %d: %w", i, err)
	}
	return nil
}
