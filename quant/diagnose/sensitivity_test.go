package diagnose_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/report"
)

// mixed is a network with a branch, a gate, normalisation, a sum and a concatenation.
func mixed(t *testing.T) (*graph.Graph, []evaluate.Items) {
	b := graphtest.New(t)
	x := b.Node("relu", graph.Relu{}, b.BatchNorm("bn", b.Conv("stem", b.Input("x", 1, 3, 12, 12), 6, 3)))
	left := b.BatchNorm("bn2", b.Conv("left", x, 6, 1))
	gate := b.Node("gate", graph.Mul{}, left, b.Node("sigmoid", graph.Sigmoid{}, left))
	sum := b.Node("sum", graph.Add{}, gate, x)
	both := b.Node("both", graph.Concat{Axis: 1}, b.Node("silu", graph.SiLU{}, b.Conv("a", sum, 4, 1)), b.Conv("b", sum, 3, 1))
	pooled := b.Node("flat", graph.Reshape{Shape: []int{1, 7}}, b.Node("pool", graph.GlobalAveragePool{}, both))
	g := b.Outputs(b.Node("fc", graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, pooled, b.Random("fc.weight", 5, 7), b.Random("fc.bias", 5)))
	var sets []evaluate.Items
	for range 2 {
		sets = append(sets, given(b.Item(), b.Item(), b.Item(), b.Item(), b.Item()))
	}
	sets[1].Label = func(i int) int { return i % 5 }
	return g, sets
}

// straight runs the whole network with some quantizers on.
func straight(t *testing.T, c *calibrate.Calibrated, items evaluate.Items, on func(i int) bool) (sqnr float64, agree int) {
	t.Helper()
	r, err := exec.New(t.Context(), c.Quantized(on).Graph, exec.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	float, err := exec.New(t.Context(), c.Float, exec.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer float.Close()
	var s report.Signal
	for i := range items.Len {
		x, err := items.Inputs(i)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(r.Run(t.Context(), x...), float.Run(t.Context(), x...)); err != nil {
			t.Fatal(err)
		}
		s.Add(float.Output(0), r.Output(0))
		if report.Class(float.Output(0), 0) == report.Class(r.Output(0), 0) {
			agree++
		}
	}
	return s.SQNR(), agree
}

// Every measurement on a part of the network is what the whole network gives, whatever the backend puts
// quantizers on.
func TestPartsAreTheWhole(t *testing.T) {
	g, sets := mixed(t)
	for _, backend := range []string{"config2", "snpe", "vitis", "openvino"} {
		r := preset(t, backend)
		r.Data.Batch = 2
		c := calibrated(t, g, r, sets[0].Items)
		s, err := diagnose.Measure(context.Background(), c, sets[1], diagnose.Options{Items: 4, Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		items := sets[1]
		items.Len = 4
		if got, agree := straight(t, c, items, func(int) bool { return true }); got != s.Whole.SQNR || agree != s.Whole.Agree {
			t.Errorf("%s: %.6f dB, the whole network %.6f", backend, s.Whole.SQNR, got)
		}
		covered := 0
		for _, l := range s.Layers {
			all := slices.Concat(l.Weights, l.Activations)
			covered += len(all)
			for _, m := range []struct {
				what string
				got  *diagnose.Outcome
				on   func(i int) bool
				are  bool
			}{
				{"alone", l.Alone, func(i int) bool { return slices.Contains(all, i) }, true},
				{"spared", l.Spared, func(i int) bool { return !slices.Contains(all, i) }, true},
				{"weights", l.AloneWeights, func(i int) bool { return slices.Contains(l.Weights, i) }, len(l.Weights) > 0 && len(l.Activations) > 0},
				{"activations", l.AloneActivations, func(i int) bool { return slices.Contains(l.Activations, i) }, len(l.Weights) > 0 && len(l.Activations) > 0},
			} {
				if (m.got != nil) != m.are {
					t.Errorf("%s, %s, %s: %v", backend, l.Name, m.what, m.got)
				}
				if m.got == nil {
					continue
				}
				if want, agree := straight(t, c, items, m.on); want != m.got.SQNR || agree != m.got.Agree || m.got.Items != 4 {
					t.Errorf("%s, %s, %s: %.6f dB, in the whole network %.6f", backend, l.Name, m.what, m.got.SQNR, want)
				}
			}
		}
		if covered != len(c.Quantizers) {
			t.Errorf("%s: %d of %d quantizers are in layers", backend, covered, len(c.Quantizers))
		}
		for i, l := range s.Layers[1:] {
			if l.Alone.SQNR < s.Layers[i].Alone.SQNR {
				t.Errorf("%s: %s is not in its place", backend, l.Name)
			}
		}
	}
}

// A layer in front, quantized alone, has at its own output what it has there in the whole network; the
// last has alone what its weights and input cost the answers.
func TestOwnOutputs(t *testing.T) {
	g, sets := mixed(t)
	c := calibrated(t, g, preset(t, "config2"), sets[0].Items)
	s, err := diagnose.Measure(context.Background(), c, sets[1], diagnose.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range s.Layers {
		switch l.Name {
		case "stem":
			if l.Own.SQNR >= report.LimitSQNR || l.Own != l.Accumulated {
				t.Errorf("stem: %+v", l)
			}
		case "fc":
			if l.Own.SQNR != l.Alone.SQNR || l.OwnWeights.SQNR != l.AloneWeights.SQNR || l.Alone.FloatLoss == 0 {
				t.Errorf("fc: %+v, %+v", l, l.Alone)
			}
		}
	}
}

func TestMeasureIsTheSameOnTwoWorkers(t *testing.T) {
	g, sets := mixed(t)
	c := calibrated(t, g, preset(t, "snpe"), sets[0].Items)
	var got [2]*diagnose.Sensitivity
	for i := range got {
		var err error
		if got[i], err = diagnose.Measure(context.Background(), c, sets[1], diagnose.Options{Workers: i + 1}); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(got[0], got[1]) {
		t.Errorf("%+v\n%+v", got[0], got[1])
	}
}

// The worst come first, the time is kept, and what was not measured is counted.
func TestMeasureWithinABudget(t *testing.T) {
	g, sets := mixed(t)
	c := calibrated(t, g, preset(t, "snpe"), sets[0].Items)
	var told []string
	o := diagnose.Options{Progress: func(done, total int, left time.Duration, l *diagnose.Layer) {
		if l != nil && l.Alone != nil && l.Spared == nil {
			told = append(told, l.Name)
		}
		if done > total || left < 0 {
			t.Errorf("%d of %d, %v left", done, total, left)
		}
	}}
	whole, err := diagnose.Measure(context.Background(), c, sets[1], o)
	if err != nil || whole.Left != 0 {
		t.Fatal(err, whole)
	}
	byOwn := slices.Clone(whole.Layers)
	slices.SortStableFunc(byOwn, func(a, b diagnose.Layer) int {
		if a.Own.SQNR < b.Own.SQNR {
			return -1
		}
		return 1
	})
	if told[0] != byOwn[0].Name || told[len(told)-1] != byOwn[len(byOwn)-1].Name {
		t.Errorf("measured in the order %v", told)
	}
	o.Time = 1
	none, err := diagnose.Measure(context.Background(), c, sets[1], o)
	if err != nil || none.Left == 0 || none.Layers[0].Alone != nil || none.Layers[0].Name != byOwn[0].Name || none.Whole != whole.Whole {
		t.Errorf("no time: %+v (%v)", none, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	o = diagnose.Options{Progress: func(int, int, time.Duration, *diagnose.Layer) { cancel() }}
	if _, err := diagnose.Measure(ctx, c, sets[1], o); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	sets[1].Len = 0
	if _, err := diagnose.Measure(context.Background(), c, sets[1], o); err == nil {
		t.Error("no items, and no error")
	}
}
