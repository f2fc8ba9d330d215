package phrase_test

import (
	"testing"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/report"
)

func TestCollapse(t *testing.T) {
	for _, c := range []struct {
		name string
		a    report.Accuracy
		want bool
	}{
		{"lost by half", report.Accuracy{Labelled: 100, Float: 90, Quantized: 45, Items: 100}, true},
		{"not quite", report.Accuracy{Labelled: 100, Float: 90, Quantized: 46, Items: 100}, false},
		{"too few to tell", report.Accuracy{Labelled: 4, Float: 4, Items: 4}, false},
		{"float was never right", report.Accuracy{Labelled: 100, Float: 3, Quantized: 1, Items: 100}, false},
		{"other answers", report.Accuracy{Items: 40, Agree: 20}, true},
		{"the same answers", report.Accuracy{Items: 40, Agree: 21}, false},
	} {
		if got := phrase.Collapse(report.Report{Accuracy: c.a}); (got != "") != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}
