package diagnose

import (
	"math"
	"testing"

	"github.com/quantscope/quantscope/quant/report"
)

// trialOf measures what is given for each item beside what the float network gives.
func trialOf(float, other [][]float32) Trial {
	var t tally
	for i, x := range other {
		t.add(float[i], x, report.Unlabelled)
	}
	return Trial{Outcome: t.outcome(), items: t.decibels}
}

// One item with far logits does not decide for all the others.
func TestFarLogitsDoNotDecide(t *testing.T) {
	var float, clips, reaches [][]float32 // the far item is clipped, or all others are rounded more coarsely
	for i := range 16 {
		x := []float32{float32(1 + i%3), -2, float32(i % 5)}
		float = append(float, x)
		clips = append(clips, []float32{x[0] + .01, x[1], x[2]})
		reaches = append(reaches, []float32{x[0] + .02, x[1], x[2]})
	}
	float = append(float, []float32{900, 0, -700})
	clips = append(clips, []float32{600, 0, -500})
	reaches = append(reaches, []float32{899, 0, -699})
	a, b := trialOf(float, clips), trialOf(float, reaches)
	if a.Outcome.SQNR > b.Outcome.SQNR {
		t.Fatalf("all together %.1f dB, and %.1f where the far item is clipped: the case says nothing", b.Outcome.SQNR, a.Outcome.SQNR)
	}
	if a.Outcome.Typical < b.Outcome.Typical || b.better(a) {
		t.Errorf("coarser rounding of 16 items of 17 is kept for the sake of the last: %.1f dB, %.1f without", b.Outcome.Typical, a.Outcome.Typical)
	}
}

// A gain that the items do not agree on is chance; one that they do is none, if it is not next to nothing.
func TestBetterIsMoreThanChance(t *testing.T) {
	before := Trial{items: make([]float64, 16)}
	for _, c := range []struct {
		gain, off float64
		want      bool
	}{{1, .5, true}, {1, 3, false}, {.3, .3, true}, {.2, .01, false}, {-1, 0, false}, {5, 9, true}} {
		after := Trial{}
		for i := range before.items {
			after.items = append(after.items, c.gain+c.off*float64(1-2*(i%2)))
		}
		if after.better(before) != c.want {
			t.Errorf("%g dB more, %g more or less: kept is %v", c.gain, c.off, !c.want)
		}
	}
	if one := (Trial{items: []float64{1}}); !one.better(Trial{items: []float64{0}}) {
		t.Error("one item says nothing of chance, and 1 dB more was not kept")
	}
	if m, off := mean([]float64{1, 2, 3, 4}); m != 2.5 || math.Abs(off-math.Sqrt(5./12)) > 1e-12 {
		t.Errorf("mean %v, off by %v", m, off)
	}
}
