package evaluate

import (
	"context"
	"fmt"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/report"
)

// Answers are what the three runs make of one item.
type Answers struct {
	Float, Quantized, Integer [][]float32 // of each output
	Finite                    bool        // input and float logits
}

// Part runs some of the evaluation items, in whatever process, and gives their answers in the order of the items.
func Part(ctx context.Context, c *calibrate.Calibrated, items Items, workers int) ([]Answers, error) {
	list := make([]Answers, items.Len)
	err := answer(ctx, c, items, 0, max(workers, 1), func(i int, a Answers) { list[i] = a }, func(int) {})
	return list, err
}

// Count puts into r what Run would have found, from the answers to all the items, one after the other from the first
// on; float is the graph of the float network. The sums are those of Run, bit for bit: they are made in the same order.
func Count(r *report.Report, float *graph.Graph, items Items, classOffset int, next func(i int) (Answers, error)) error {
	t := newResults(float, items, classOffset)
	for i := range items.Len {
		a, err := next(i)
		if err != nil {
			return fmt.Errorf("evaluation item %d: %w", i, err)
		}
		t.add(i, a)
	}
	t.write(r)
	return nil
}

// answer runs the items from one on and hands on their answers, in the order in which they become ready, to add, which is
// called by several goroutines.
func answer(ctx context.Context, c *calibrate.Calibrated, items Items, from, workers int, add func(i int, a Answers), done func(n int)) error {
	if from == items.Len {
		return nil
	}
	on := exec.Config{Pool: items.Pool}
	runs, err := newRunnerPools(ctx, c, c.Quantized(calibrate.All).Graph, items, workers, configs{on, on, integer(items.Pool)})
	if err != nil {
		return err
	}
	defer runs.close()
	return runs.answer(ctx, from, add, done)
}

// answer is the function of that name on runners that are there.
func (t *runnerPools) answer(ctx context.Context, from int, add func(i int, a Answers), done func(n int)) error {
	return t.each(ctx, from, t.items.Len, false, func(_ runners, i int, _ [][]float32, a Answers) error {
		add(i, a)
		return nil
	}, func(int) {}, done)
}

// integer is the configuration of a run on the integer engine.
func integer(p *engine.Pool) exec.Config {
	return exec.Config{Integer: true, Dot: engine.ProbeDot(), Pool: p}
}
