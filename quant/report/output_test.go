package report

import "testing"

// Two pixels of three classes, of which one changes its class; the same numbers as decisions and as a signal.
func TestComparison(t *testing.T) {
	float := []float32{0.9, 0.1, 0.2, 0.7, 0.1, 0.4} // classes along the first axis: 0 and 1
	other := []float32{0.6, 0.1, 0.7, 0.7, 0.1, 0.4} // 1 and 1
	for _, c := range []struct {
		Comparison
		same, of int64
	}{
		{Comparison{Measure: Pixels, Classes: 3, Inner: 2}, 1, 2},
		{Comparison{Measure: Classes, Classes: 6, Inner: 1}, 0, 1},
		{Comparison{Measure: Decisions}, 5, 6},
		{Comparison{Measure: Pixels, Classes: 1, Inner: 1}, 4, 6},
	} {
		c.Add(float, other)
		if n := c.Near(); n.Same != c.same || n.Of != c.of || n.Value(c.Measure) != float64(c.same)/float64(c.of) {
			t.Errorf("%s: %+v, want %d of %d", c.Measure, n, c.same, c.of)
		}
	}
	c := Comparison{Measure: Values}
	if c.Add([]float32{3, 4}, []float32{3, 3}); c.Near().Value(Values) != 0.2 {
		t.Errorf("relative error %v, want 0.2", c.Near().Error)
	}
	for _, m := range Measures() {
		if (Near{}).Value(m) != 0 {
			t.Errorf("%s: nothing measured, and %v", m, (Near{}).Value(m))
		}
	}
}
