package plot

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
)

func TestTracks(t *testing.T) {
	got := Tracks(inspect.Practice{Steps: 2, QMin: -2, QMax: 1, Tracks: []inspect.Track{{At: []float32{0, 0.6, 0.4}, Back: 1}, {At: []float32{-2, -2, 9}}}})
	if len(got.Codes) != 4 || got.Codes[0].Name != "-2" || got.Codes[0].X <= got.Codes[3].X {
		t.Errorf("codes %+v", got.Codes)
	}
	if strings.Count(got.Boundaries, "M") != 3 || strings.Count(got.Restless, "L") != 2 || !strings.HasSuffix(got.Calm, "L100.0 0.0") {
		t.Errorf("%+v", got)
	}
}

func TestAreaAndExtents(t *testing.T) {
	if got := Area([]int{1, 0}, 20, 60); got != "M20.0 100.0L20.0 0.0L40.0 0.0L40.0 100.0L60.0 100.0L60.0 100.0" {
		t.Error(got)
	}
	at := func(x float32) float64 { return float64(x) / 10 }
	if got := Extents([]inspect.Channel{{Min: 1, Max: 9}, {Min: 4, Max: 5}}, at); got != "M10.0 25.0L90.0 25.0M40.0 75.0L50.0 75.0" {
		t.Error(got)
	}
	if got := Losses(inspect.Practice{Steps: 3, Losses: []float64{2, 1}}); got != "M0.0 0.0L50.0 50.0" {
		t.Error(got)
	}
}
