package quant_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/quantscope/quantscope/quant/receipt"
)

// Receipts that earlier engines wrote of the sample are still checked, bit for bit: testdata/receipts keeps
// one of every version of the format and of every engine that changed what is in it. They are never
// written again.
func TestOldReceipts(t *testing.T) {
	names, err := filepath.Glob("testdata/receipts/*.json")
	if err != nil || len(names) < 2 {
		t.Fatalf("%d old receipts, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			r, err := receipt.Parse(b)
			if err != nil {
				t.Fatal(err)
			}
			v, steps := verify(t, r, sampleJob(t)), 13
			if r.Format == receipt.Format1 {
				steps = 8
			}
			for _, s := range v.Steps {
				if s.Status != receipt.Match {
					t.Errorf("%+v", s)
				}
			}
			if len(v.Steps) != steps {
				t.Errorf("%d steps", len(v.Steps))
			}
			j := sampleJob(t)
			j.Data = nil
			if v := verify(t, r, j); v.Steps.Differs() || v.Steps.Status(receipt.StepModel) != receipt.Match || v.Steps.Status(receipt.StepLogits) != receipt.NotRun {
				t.Errorf("with the model alone: %+v", v)
			}
		})
	}
}
