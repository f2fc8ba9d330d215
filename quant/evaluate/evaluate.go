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

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/report"
)

// Items are the data to evaluate on.
type Items struct {
	calibrate.Items
	Label func(i int) int // class index, report.Unlabelled where unknown
	Known *Known          // what float networks have made of exactly these items before, and where more is added; nil: nothing
}

// Only are those of the items that have these places.
func (items Items) Only(places []int) Items {
	return Items{Items: items.Items.Only(places), Label: func(i int) int { return items.Label(places[i]) }}
}

// Run evaluates c on all the items. The graph's first output is taken as the logits; how near every
// output stays to float's is told by the measure that fits it. The result is the
// same bits with any number of workers. Model and Recipe of the report are left to the caller. comparing
// is told how many items the layers have been compared on, progress how many of the others have been evaluated.
func Run(ctx context.Context, c *calibrate.Calibrated, items Items, workers int, comparing, progress func(done, total int)) (*report.Report, error) {
	t := newResults(c.Float, items, c.Recipe.Data.ClassOffset)
	compared := min(layerItems, items.Len) // and so run
	rest := items.Len - compared
	done := func(n int) { progress(n, rest) }
	r, err := layers(ctx, c, items, workers, t.add, comparing, func(runs *runnerPools) error {
		if rest > fewItems {
			return nil
		}
		return runs.answer(ctx, compared, t.add, done)
	})
	if err == nil && rest > fewItems {
		err = answer(ctx, c, items, compared, max(workers, 1), t.add, done)
	}
	if err != nil {
		return nil, err
	}
	t.write(r)
	return r, nil
}

// fewItems is how many items are sooner run by the Runners that have compared layers, though these are few and keep every
// value, than further Runners are made that keep none.
const fewItems = 32

// Layers is Run's report without what all the items are needed for: accuracy, outputs and the digests of logits.
func Layers(ctx context.Context, c *calibrate.Calibrated, items Items, workers int, comparing func(done, total int)) (*report.Report, error) {
	return layers(ctx, c, items, workers, func(int, Answers) {}, comparing, func(*runnerPools) error { return nil })
}

// layers is Layers, hands on the answers to the items that it runs, and its runners afterwards.
func layers(ctx context.Context, c *calibrate.Calibrated, items Items, workers int, add func(i int, a Answers), comparing func(done, total int), then func(*runnerPools) error) (*report.Report, error) {
	if items.Len < 1 {
		return nil, errors.New("evaluation needs at least one item")
	}
	runs, err := newKeepers(ctx, c, items, max(workers, 1))
	if err != nil {
		return nil, err
	}
	defer runs.close()
	l, err := compareLayers(ctx, c, runs, items, add, comparing)
	if err != nil {
		return nil, err
	}
	if err := then(runs.runnerPools); err != nil {
		return nil, err
	}
	report.WorstFirst(l.layers)
	return &report.Report{
		Size: Size(c), Layers: l.layers, LayerItems: min(layerItems, items.Len) - len(l.out), QParams: report.QParams(c.Params), Steps: l.steps,
		StepItems: min(stepItems, items.Len) - len(slices.DeleteFunc(slices.Clone(l.out), func(i int) bool { return i >= stepItems })), NotFinite: l.out,
	}, nil
}

// Accuracy is that of Run's report, without its comparison of layers.
func Accuracy(ctx context.Context, c *calibrate.Calibrated, items Items, workers int) (report.Accuracy, error) {
	t := newResults(c.Float, items, c.Recipe.Data.ClassOffset)
	if err := answer(ctx, c, items, 0, max(workers, 1), t.add, func(int) {}); err != nil {
		return report.Accuracy{}, err
	}
	return t.accuracy, nil
}

// results collects answers in the order of the items, whatever the order in which they come.
type results struct {
	graph                     *graph.Graph
	mu                        sync.Mutex
	next                      int
	waiting                   map[int]Answers // of items not yet counted
	accuracy                  report.Accuracy
	float, quantized, integer *report.Digest
	label                     func(i int) int
	classOffset               int
	notFinite                 []int // items whose input or float logits are not all finite

	quantizedTo, integerTo []report.Comparison // of each output: float with the simulation, and that with the integer engine
}

// newResults is empty; float is the graph whose outputs the answers are.
func newResults(float *graph.Graph, items Items, classOffset int) *results {
	t := &results{
		graph: float, waiting: map[int]Answers{}, float: report.NewDigest(), quantized: report.NewDigest(), integer: report.NewDigest(),
		label: items.Label, classOffset: classOffset,
	}
	labelled := false
	for i := range items.Len {
		labelled = labelled || items.Label(i) != report.Unlabelled
	}
	t.quantizedTo, t.integerTo = comparisons(float, labelled), comparisons(float, labelled)
	return t
}

// write puts what was collected into r.
func (t *results) write(r *report.Report) {
	r.Accuracy, r.Outputs = t.accuracy, t.outputs()
	r.Logits, r.FloatLogits, r.IntegerLogits = t.quantized.String(), t.float.String(), t.integer.String()
	r.NotFinite = slices.Compact(slices.Sorted(slices.Values(slices.Concat(r.NotFinite, t.notFinite))))
}

// outputs tells how near they are. Where classes are all there is, Accuracy says it.
func (t *results) outputs() []report.Output {
	g := t.graph
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

func (t *results) add(i int, l Answers) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting[i] = l
	for {
		l, ok := t.waiting[t.next]
		if !ok {
			return
		}
		delete(t.waiting, t.next)
		if l.Finite {
			t.accuracy.Count(l.Float[0], l.Quantized[0], t.label(t.next), t.classOffset)
			t.accuracy.CountInteger(l.Quantized[0], l.Integer[0], t.label(t.next), t.classOffset)
			for i := range l.Float {
				t.quantizedTo[i].Add(l.Float[i], l.Quantized[i])
				t.integerTo[i].Add(l.Quantized[i], l.Integer[i])
			}
		} else {
			t.notFinite = append(t.notFinite, t.next)
			t.accuracy.CountBroken(t.label(t.next))
		}
		t.float.Floats(l.Float[0])
		t.quantized.Floats(l.Quantized[0])
		t.integer.Floats(l.Integer[0])
		t.next++
	}
}
