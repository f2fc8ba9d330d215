package plot

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

func TestTradePutsSmallLeftAndGoodUp(t *testing.T) {
	float := Outcome{4000, 90, 100}
	runs := []Outcome{{1000, 88, 100}, {500, 60, 100}, {2000, 70, 100}}
	p := NewTrade(runs, float, 400, 100)
	if !(p.Dots[1].X < p.Dots[0].X && p.Dots[0].X < p.Dots[2].X && p.Dots[2].X < p.FloatX) {
		t.Errorf("by size: %+v, float at %g", p.Dots, p.FloatX)
	}
	if !(p.FloatY < p.Dots[0].Y && p.Dots[0].Y < p.Dots[2].Y && p.Dots[2].Y < p.Dots[1].Y) {
		t.Errorf("by accuracy: %+v", p.Dots)
	}
	// Halving the bytes is the same way everywhere: the axis is logarithmic.
	if a, b := p.Dots[0].X-p.Dots[1].X, p.Dots[2].X-p.Dots[0].X; math.Abs(a-b) > 1e-9 {
		t.Errorf("halving is %g, then %g", a, b)
	}
	for i, d := range p.Dots {
		if !(d.To < d.Y && d.Y < d.From && d.To >= 0 && d.From <= 100 && d.X > 0 && d.X < 400) {
			t.Errorf("dot %d: %+v", i, d)
		}
	}
	var best string
	for _, i := range []int{1, 0} { // the third is larger than the first, and worse
		best += map[bool]string{true: "M", false: "L"}[best == ""] + fmt.Sprintf("%.1f %.1f", p.Dots[i].X, p.Dots[i].Y)
	}
	if p.Best != best {
		t.Errorf("the line is %s, want %s", p.Best, best)
	}
	want := "3 runs by size and top-1: smallest is run 2, 500 B at 60.0\u202f%; best is run 1, 1.00 kB at 88.0\u202f%; float is 4.00 kB at 90.0\u202f%."
	if got := TradeSentence(runs, float, "top-1"); got != want {
		t.Errorf("got %s", got)
	}
}

// Runs of the same figures are one dot, whose label has all their numbers; one that is far has its own.
func TestTradeLabelsRunsThatCoincide(t *testing.T) {
	same := Outcome{1000, 88, 100}
	p := NewTrade([]Outcome{same, same, {4000, 60, 100}, same, same, {2000, 88, 100}}, Outcome{4000, 90, 100}, 400, 100)
	var got []string
	for _, l := range p.Labels {
		got = append(got, l.Text)
	}
	if want := []string{"1, 2, 4, 5", "3", "6"}; !slices.Equal(got, want) {
		t.Errorf("labels %q, want %q", got, want)
	}
	if p.Dots[0] != p.Dots[4] || !p.Labels[1].Before || p.Labels[0].Before {
		t.Errorf("%+v, %+v", p.Dots, p.Labels)
	}
	if got := numbers([]int{0, 1, 2, 6, 8, 9}); got != "1–3, 7, 9, 10" {
		t.Errorf("got %s", got)
	}
}

// The values are those of Wilson's interval in tables.
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		right, n int
		from, to float64
	}{{0, 10, 0, 0.2775}, {10, 10, 0.7225, 1}, {50, 100, 0.4038, 0.5962}, {0, 0, 0, 1}} {
		if from, to := Wilson(c.right, c.n); math.Abs(from-c.from) > 5e-4 || math.Abs(to-c.to) > 5e-4 {
			t.Errorf("%d of %d: %.4f … %.4f", c.right, c.n, from, to)
		}
	}
}
