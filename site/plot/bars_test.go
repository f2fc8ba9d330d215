package plot

import (
	"math"
	"testing"
)

func TestAxisHoldsValuesAndGuides(t *testing.T) {
	if a := SQNRAxis(nil); a != (Axis{0, 40}) {
		t.Errorf("empty axis %v", a)
	}
	if a := SQNRAxis([]float64{-200, 30}); a != (Axis{-20, 40}) {
		t.Errorf("axis %v with a layer that lost everything", a)
	}
	if a := SQNRAxis([]float64{30, 131}); a != (Axis{0, 60}) {
		t.Errorf("one layer almost without error makes the axis %v", a)
	}
	if a := SQNRAxis([]float64{-3, 51.2, math.Inf(1), math.NaN()}); a != (Axis{-10, 60}) {
		t.Errorf("axis %v", a)
	}
}

func TestBarLevels(t *testing.T) {
	a := Axis{0, 50}
	for _, c := range []struct {
		db   float64
		want Bar
	}{
		{10, Bar{0.2, Poor}},
		{20, Bar{0.4, Fair}},
		{40, Bar{0.8, Good}},
		{math.Inf(1), Bar{1, Good}},
		{-5, Bar{0, Poor}},
		{math.NaN(), Bar{0, Poor}},
	} {
		if got := a.Bar(c.db); got != c.want {
			t.Errorf("%g dB: %v, want %v", c.db, got, c.want)
		}
	}
}
