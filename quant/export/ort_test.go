package export

import (
	"testing"

	"github.com/quantscope/quantscope/quant/report"
)

// within compares the numbers of two runs.
func within(t *testing.T, what string, want, got []float32, dB float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	var s report.Signal
	s.Add(want, got)
	t.Logf("%s: within %.1f dB", what, s.SQNR())
	if s.SQNR() < dB {
		t.Errorf("%s: within %.1f dB, want %g", what, s.SQNR(), dB)
	}
}
