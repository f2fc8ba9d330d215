package lesson

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/scheme"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
)

// TestPractice trains a layer with a low rate and with a high one: the high one moves more weights, and back.
func TestPractice(t *testing.T) {
	b := bench(t)
	practise := func(d inspect.Drill) (last inspect.Practice) {
		t.Helper()
		told := 0
		if err := b.Practice(t.Context(), b.telling(), d, func(p inspect.Practice, done bool) {
			if told++; p.Step != told || done != (told == drillSteps) || len(p.Tracks) == 0 || len(p.Tracks[0].At) != told+1 {
				t.Errorf("step %d of %d, told %d times, done %v", p.Step, p.Steps, told, done)
			}
			last = p
		}); err != nil {
			t.Fatal(err)
		}
		return last
	}
	low := practise(inspect.Drill{Bits: 3, Rate: 1e-4})
	if low.Stretch != 1 || low.Agree < low.Items-1 || low.Losses[drillSteps-2] >= low.Losses[0] || low.QMin != -4 || low.QMax != 3 {
		t.Errorf("slowly: %+v", low)
	}
	high := practise(inspect.Drill{Bits: 3, Rate: 1e-2, Learn: true})
	if high.Back <= low.Back || high.Moved <= low.Moved || high.Stretch == 1 || high.Tracks[0].Back == 0 {
		t.Errorf("fast: %d moved, %d back, scales %v; slowly %d and %d", high.Moved, high.Back, high.Stretch, low.Moved, low.Back)
	}
	for _, d := range []inspect.Drill{{Bits: 3}, {Bits: 3, Rate: 2}, {Bits: 12, Rate: 0.1}} {
		if err := b.Practice(t.Context(), 0, d, func(inspect.Practice, bool) {}); err == nil || !strings.Contains(err.Error(), "lessons have") {
			t.Errorf("%+v: %v", d, err)
		}
	}
}

// TestWatchCountsWhoComesBack: a weight that passes through codes does not come back, one that goes there and back does.
func TestWatchCountsWhoComesBack(t *testing.T) {
	at := func(x ...float32) *calibrate.Calibrated {
		return &calibrate.Calibrated{
			Prepared: prepare.Prepared{
				Graph:      &graph.Graph{Values: []graph.Value{{Const: &graph.Tensor{Shape: []int{2}, F: x}}}},
				Quantizers: []prepare.Quantizer{{Value: 0}},
			},
			Params: []scheme.QParams{{Scale: []float32{1}, ZeroPoint: []int32{0}, QMin: -4, QMax: 3, Axis: -1}},
		}
	}
	w := newWatch(layer{}, at(0, 0))
	for _, x := range [][]float32{{0.6, 0.6}, {1.6, 0.4}, {2.6, 0.6}, {1.4, 0.7}} {
		w.see(at(x...))
	}
	if w.back[0] != 0 || w.back[1] != 2 {
		t.Errorf("came back %v times", w.back)
	}
}
