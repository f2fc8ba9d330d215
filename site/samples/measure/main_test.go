package main

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/quantscope/quantscope/site/samples"
)

// TestFiguresAreMeasured quantizes every sample again: what the page shows before any engine is there is what the
// engine finds.
func TestFiguresAreMeasured(t *testing.T) {
	for _, s := range samples.All() {
		for _, r := range s.Runs {
			got, err := measure(filepath.Join("..", "..", "static", "sample", s.Folder), r)
			if err != nil {
				t.Fatal(err)
			}
			want := r.Figures
			near := math.Abs(got.SQNR-want.SQNR) < 0.01
			got.SQNR, want.SQNR = 0, 0
			if got != want || !near || got.Items == 0 {
				t.Errorf("%s: measured %+v, the page says %+v: go run ./site/samples/measure", s.Path(r.File), got, r.Figures)
			}
		}
	}
}
