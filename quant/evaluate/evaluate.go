// Package evaluate runs a calibrated network beside its float self over the evaluation items, as the
// simulation by fake-quantizers and on the integer engine, and reports what quantization cost: accuracy
// or agreement, the signal each layer lost, where engine and simulation differ and why, bytes, and the
// digests that another machine must reproduce.
package evaluate

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/report"
)

// Items are the data to evaluate on.
type Items struct {
	calibrate.Items
	Label func(i int) int // class index, report.Unlabelled where unknown
}

// Run evaluates c on all the items. The graph's first output is taken as the logits; how near every
// output stays to float's is told by the measure that fits it. The result is the
// same bits with any number of workers. Model and Recipe of the report are left to the caller. comparing
// is told how many items the layers have been compared on, progress how many have been evaluated.
func Run(ctx context.Context, c *calibrate.Calibrated, items Items, workers int, comparing, progress func(done, total int)) (*report.Report, error) {
	if items.Len < 1 {
		return nil, errors.New("evaluation needs at least one item")
	}
	workers = max(workers, 1)
	l, err := compareLayers(ctx, c, items, workers, comparing)
	if err != nil {
		return nil, err
	}
	t, err := tally(ctx, c, items, workers, progress)
	if err != nil {
		return nil, err
	}
	report.WorstFirst(l.layers)
	return &report.Report{
		Accuracy: t.accuracy, Outputs: t.outputs(c.Float), Size: Size(c), Layers: l.layers, LayerItems: min(layerItems, items.Len) - len(l.out),
		QParams: report.QParams(c.Params), Logits: t.quantized.String(), FloatLogits: t.float.String(),
		IntegerLogits: t.integer.String(), Steps: l.steps, StepItems: min(stepItems, items.Len) - len(slices.DeleteFunc(slices.Clone(l.out), func(i int) bool { return i >= stepItems })),
		NotFinite: slices.Compact(slices.Sorted(slices.Values(slices.Concat(l.out, t.notFinite)))),
	}, nil
}

// Accuracy is that of Run's report, without its comparison of layers.
func Accuracy(ctx context.Context, c *calibrate.Calibrated, items Items, workers int) (report.Accuracy, error) {
	t, err := tally(ctx, c, items, max(workers, 1), func(int, int) {})
	if err != nil {
		return report.Accuracy{}, err
	}
	return t.accuracy, nil
}

// integer is the configuration of a run on the integer engine.
func integer(p *engine.Pool) exec.Config {
	return exec.Config{Integer: true, Dot: engine.ProbeDot(), Pool: p}
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
	notFinite                 []int // items whose input or float logits are not all finite

	quantizedTo, integerTo []report.Comparison // of each output: float with the simulation, and that with the integer engine
}

// logits are what the three runs make of one item.
type logits struct {
	float, quantized, integer [][]float32 // of each output
	finite                    bool        // input and float logits
}

// outputs tells how near they are. Where classes are all there is, Accuracy says it.
func (t *results) outputs(g *graph.Graph) []report.Output {
	if len(g.Outputs) == 1 && t.quantizedTo[0].Measure == report.Classes {
		return nil
	}
	var list []report.Output
	for i, v := range g.Outputs {
		list = append(list, report.Output{
			Name: g.Values[v].Name, Measure: t.quantizedTo[i].Measure, Quantized: t.quantizedTo[i].Near(), Integer: t.integerTo[i].Near(),
		})
	}
	return list
}

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
		if !l.finite {
			t.notFinite = append(t.notFinite, t.next)
		}
		t.accuracy.Count(l.float[0], l.quantized[0], t.label(t.next), t.classOffset)
		t.accuracy.CountInteger(l.quantized[0], l.integer[0], t.label(t.next), t.classOffset)
		for i := range l.float {
			t.quantizedTo[i].Add(l.float[i], l.quantized[i])
			t.integerTo[i].Add(l.quantized[i], l.integer[i])
		}
		t.float.Floats(l.float[0])
		t.quantized.Floats(l.quantized[0])
		t.integer.Floats(l.integer[0])
		t.next++
	}
}

// tally runs all items, with nothing kept but the outputs.
func tally(ctx context.Context, c *calibrate.Calibrated, items Items, workers int, progress func(done, total int)) (*results, error) {
	t := &results{
		waiting: map[int]logits{}, float: report.NewDigest(), quantized: report.NewDigest(), integer: report.NewDigest(),
		label: items.Label, classOffset: c.Recipe.Data.ClassOffset,
	}
	labelled := false
	for i := range items.Len {
		labelled = labelled || items.Label(i) != report.Unlabelled
	}
	t.quantizedTo, t.integerTo = comparisons(c.Float, labelled), comparisons(c.Float, labelled)
	runs, err := newTrios(ctx, c, c.Quantized(calibrate.All).Graph, items, workers, exec.Config{Pool: items.Pool}, exec.Config{Pool: items.Pool}, integer(items.Pool))
	if err != nil {
		return nil, err
	}
	defer runs.close()
	err = runs.each(ctx, items.Len, func(r trio, i int, inputs [][]float32) error {
		l := logits{finite: allFinite(inputs) && finite(r.float.Output(0))}
		for k := range c.Float.Outputs {
			l.float = append(l.float, r.float.Output(k))
			l.quantized = append(l.quantized, r.quantized.Output(k))
			l.integer = append(l.integer, r.integer.Output(k))
		}
		t.add(i, l)
		return nil
	}, func(int) {}, func(n int) { progress(n, items.Len) })
	return t, err
}
