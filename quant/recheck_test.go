package quant_test

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/receipt"
)

// The scalar engine gives what the kernels give; a receipt that differs is then no fault of theirs, and says so.
func TestRecheck(t *testing.T) {
	j := sampleJob(t)
	j.Recipe.Data.Calibration, j.Recipe.Data.Evaluation = 4, 4
	r, err := quant.Quantize(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	other := *r.Receipt
	other.Layers = append([]receipt.Layer{}, other.Layers...)
	other.Layers[3].Output, other.Probes.Root = other.Layers[4].Output, receipt.Sum(nil)
	unprobed := *r.Receipt
	unprobed.Probes = receipt.Probes{}
	old := *r.Receipt
	old.Format = receipt.Format1
	for _, c := range []struct {
		name    string
		receipt *receipt.Receipt
		status  receipt.Status
		says    string
	}{
		{"the same", r.Receipt, receipt.Match, "No fault of the kernels: each of 19 layers"},
		{"another engine's", &other, receipt.Differs, "the engine that made the receipt"},
		{"no probes", &unprobed, "", "has no probes"},
		{"version 1", &old, "", "version 1"},
	} {
		got, err := quant.Recheck(t.Context(), c.receipt, j)
		if err != nil || len(got.Differ) > 0 || got.Receipt != c.status || !strings.Contains(got.Sentence, c.says) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}
