package plot

import (
	"math"
	"testing"

	"github.com/quantscope/quantscope/quant/report"
)

func TestBarsBeginAtZero(t *testing.T) {
	a := SQNRAxis()
	zero := a.At(0)
	if !(zero > 0 && zero < a.At(PoorDB) && a.At(PoorDB) < a.At(GoodDB) && a.At(GoodDB) < 1) {
		t.Fatalf("the axis %v has no room for zero and both guide lines", a)
	}
	for _, c := range []struct {
		db   float64
		want Bar
	}{
		{10, Bar{zero, a.At(10) - zero, Poor}},
		{20, Bar{zero, a.At(20) - zero, Fair}},
		{40, Bar{zero, a.At(40) - zero, Good}},
		{75, Bar{zero, 1 - zero, Good}},
		{math.Inf(1), Bar{zero, 1 - zero, Good}},
		{-5, Bar{a.At(-5), zero - a.At(-5), Poor}},
		{-200, Bar{0, zero, Poor}},
		{math.NaN(), Bar{zero, 0, Poor}},
	} {
		if got := a.Bar(c.db); got != c.want {
			t.Errorf("%g dB: %v, want %v", c.db, got, c.want)
		}
	}
}

func TestDrops(t *testing.T) {
	got := Drops([]report.Layer{{Name: "c", Index: 2, SQNR: 20}, {Name: "a", SQNR: 40}, {Name: "b", Index: 1, SQNR: 35}, {Name: "d", Index: 3, SQNR: 30}})
	if len(got) != 1 || got["c"] != 15 {
		t.Errorf("%v, want that c drops by 15 dB", got)
	}
}
