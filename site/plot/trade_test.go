package plot

import (
	"fmt"
	"math"
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
