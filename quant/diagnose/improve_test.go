package diagnose_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/recipe"
)

// spreadNetwork has layers whose channels differ widely, with a ReLU between them, and few bits.
func spreadNetwork(t *testing.T) (*diagnose.Lab, recipe.Recipe) {
	b := graphtest.New(t)
	x := b.Conv("a", b.Input("x", 1, 3, 8, 8), 8, 3)
	for c, by := range []float32{1, 30, 0.1, 5, 0.02, 100, 2, 0.5} {
		scaled(b, b.Graph.Nodes[0].Inputs[1], c, 8, by)
	}
	w := b.Random("b.weight", 6, 8, 1, 1)
	for i := range b.Graph.Values[w].Const.F {
		b.Graph.Values[w].Const.F[i] /= []float32{1, 30, 0.1, 5, 0.02, 100, 2, 0.5}[i%8]
	}
	one := graph.Conv{Kernel: []int{1, 1}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Pads: make([]int, 4), Group: 1}
	x = b.Node("relu2", graph.Relu{}, b.Node("b", one, b.Node("relu", graph.Relu{}, x), w))
	x = b.Node("flat", graph.Reshape{Shape: []int{1, 6}}, b.Node("pool", graph.GlobalAveragePool{}, x))
	g := b.Outputs(b.Node("fc", graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, x, b.Random("fc.weight", 5, 6)))
	var data [][][]float32
	for range 44 {
		data = append(data, b.Item())
	}
	r := preset(t, "config2")
	r.Data.Calibration, r.Data.Batch = 24, 8
	return &diagnose.Lab{Graph: g, Calibration: given(data[:24]...).Items, Items: given(data[24:]...), Workers: 2}, r
}

func TestImprove(t *testing.T) {
	l, r := spreadNetwork(t)
	var tried int
	goal := diagnose.Goal{Share: 1, MoreBytes: 1 << 20, Progress: func(title string, step, steps, done, total int) {
		if step >= steps || done > total || title == "" {
			t.Errorf("%s: step %d of %d, %d of %d", title, step, steps, done, total)
		}
	}, Tried: func(diagnose.Step) { tried++ }}
	found, err := l.Improve(context.Background(), r, goal)
	if err != nil {
		t.Fatal(err)
	}
	last := found.Before
	for _, s := range found.Steps {
		t.Logf("%-60s %3.0f %% %6.1f dB %d bytes, kept %t", s.Title, 100*s.Outcome.Share(), s.Outcome.SQNR, s.MoreBytes, s.Kept)
		if s.Kept {
			if s.Outcome.Typical <= last.Outcome.Typical {
				t.Errorf("%s was kept and is worse", s.Title)
			}
			last = s.Trial
		}
	}
	if tried != len(found.Steps) || found.Untried != 0 || last.Outcome != found.After.Outcome || found.After.Outcome.SQNR < found.Before.Outcome.SQNR+10 {
		t.Errorf("%.1f dB became %.1f in %d steps", found.Before.Outcome.SQNR, found.After.Outcome.SQNR, tried)
	}
	if err := found.After.Recipe.Validate(); err != nil || !found.After.Recipe.Refine.Equalize || found.After.Recipe.Weight.Scheme != r.Weight.Scheme {
		t.Errorf("recipe %+v (%v)", found.After.Recipe, err)
	}
	// The recipe found gives by itself what was promised.
	fresh, _ := spreadNetwork(t)
	fresh.Workers = 1
	again, err := fresh.Try(context.Background(), found.After.Recipe, func(int, int) {})
	if err != nil || again.Outcome != found.After.Outcome || again.Bytes != found.After.Bytes {
		t.Errorf("%+v, promised %+v (%v)", again, found.After.Outcome, err)
	}
	// Without bytes no step may take any.
	goal.MoreBytes = 0
	poor, err := l.Improve(context.Background(), r, goal)
	if err != nil || poor.After.Bytes > poor.Before.Bytes {
		t.Errorf("%d bytes became %d (%v)", poor.Before.Bytes, poor.After.Bytes, err)
	}
	goal.Learn, goal.Time = recipe.Rounding{Method: recipe.BRECQ, Iterations: 2}, time.Hour
	learned, err := l.Improve(context.Background(), r, goal)
	if err != nil || len(learned.Steps) == 0 || !slices.ContainsFunc(learned.Steps, func(s diagnose.Step) bool { return s.Outcome.Items > 0 && strings.Contains(s.Title, "BRECQ") }) {
		t.Errorf("BRECQ was not tried: %+v (%v)", learned, err)
	}
	// What is not learned in time is left out, and what was found before it stands.
	began := goal.Progress
	goal.Learn.Iterations, goal.Time, goal.Progress = 1<<20, 2*time.Second, func(title string, step, steps, done, total int) {
		began(title, step, steps, done, total)
		if strings.Contains(title, "BRECQ") && done > 0 {
			time.Sleep(goal.Time)
		}
	}
	late, err := l.Improve(context.Background(), r, goal)
	if err != nil || slices.ContainsFunc(late.Steps, func(s diagnose.Step) bool { return strings.Contains(s.Title, "BRECQ") }) {
		t.Errorf("BRECQ was learned for ever: %+v (%v)", late, err)
	}
	goal.Learn, goal.Time, goal.Progress = recipe.Rounding{}, 1, began
	if none, err := l.Improve(context.Background(), r, goal); err != nil || len(none.Steps) != 0 || none.Untried == 0 || none.After.Outcome != none.Before.Outcome {
		t.Errorf("no time: %+v (%v)", none, err)
	}
	// The first change may end after the time, on a machine that is busy; none is begun after it.
	busy, _ := spreadNetwork(t)
	slept := false
	goal.Time, goal.Progress = 2*time.Second, func(title string, step, steps, done, total int) {
		began(title, step, steps, done, total)
		if !slept {
			slept = true
			time.Sleep(goal.Time)
		}
	}
	if slow, err := busy.Improve(context.Background(), r, goal); err != nil || len(slow.Steps) != 1 || slow.Untried == 0 {
		t.Errorf("slow: %+v (%v)", slow, err)
	}
	goal.Progress = began
	ctx, cancel := context.WithCancel(context.Background())
	goal.Time, goal.Tried = time.Hour, func(diagnose.Step) { cancel() }
	if _, err := l.Improve(ctx, r, goal); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
