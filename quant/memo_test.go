package quant_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/recipe"
)

// A job that finds what others have found before gives the receipt and the report of one that begins from nothing, and
// calibrates no item that needs not be: whatever of recipe, items or preprocessing has changed between them.
func TestMemo(t *testing.T) {
	base := sampleJob(t)
	memo := &quant.Memo{}
	changes := []struct {
		name       string
		calibrates bool
		change     func(r *recipe.Recipe)
	}{
		{"first", true, func(*recipe.Recipe) {}},
		{"the same", false, func(*recipe.Recipe) {}},
		{"weights of one scale", false, func(r *recipe.Recipe) { r.Weight.Scheme.PerChannel = false }},
		{"another observer", true, func(r *recipe.Recipe) { r.Activation.Observer, r.Activation.EMARatio = "percentile", 0 }},
		{"fewer bits", true, func(r *recipe.Recipe) { r.Activation.Scheme.Bits = 6 }},
		{"other items", true, func(r *recipe.Recipe) { r.Data.Seed++ }},
		{"other batches", true, func(r *recipe.Recipe) { r.Data.Batch /= 2 }},
		{"other pixels", true, func(r *recipe.Recipe) { r.Preprocess.Mean[0] += 0.125 }},
		{"equalized", true, func(r *recipe.Recipe) { r.Refine.Equalize = true }},
		{"biases", false, func(r *recipe.Recipe) { r.Refine.Biases = recipe.Analytic }},
		{"GPTQ", false, func(r *recipe.Recipe) { r.Refine.Rounding.Method = recipe.GPTQ }},
		{"GPTQ on another range", false, func(r *recipe.Recipe) { r.Refine.Rounding.Method, r.Weight.Observer = recipe.GPTQ, "mse" }},
		{"GPTQ of other weights", false, func(r *recipe.Recipe) { r.Refine.Rounding.Method, r.Refine.Equalize = recipe.GPTQ, true }},
		{"GPTQ on fewer items", true, func(r *recipe.Recipe) {
			r.Refine.Rounding.Method, r.Data.Calibration = recipe.GPTQ, r.Data.Calibration/2
		}},
		{"GPTQ again", false, func(r *recipe.Recipe) { r.Refine.Rounding.Method = recipe.GPTQ }},
		{"the first again", false, func(*recipe.Recipe) {}},
	}
	for _, c := range changes {
		j := base
		j.Recipe.Preprocess.Mean = append([]float32(nil), base.Recipe.Preprocess.Mean...)
		c.change(&j.Recipe)
		want, err := quant.Quantize(context.Background(), j)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		calibrated := 0
		j.Memo = memo
		j.Progress = func(stage string, done, total int) {
			if stage == quant.StageCalibrate {
				calibrated++
			}
		}
		got, err := quant.Quantize(context.Background(), j)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		for _, of := range []struct {
			what      string
			got, want any
		}{{"receipt", got.Receipt, want.Receipt}, {"report", got.Report, want.Report}} {
			a, err := json.Marshal(of.got)
			if err != nil {
				t.Fatal(err)
			}
			b, err := json.Marshal(of.want)
			if err != nil {
				t.Fatal(err)
			}
			if string(a) != string(b) {
				t.Errorf("%s: another %s than from nothing:\n%s\n%s", c.name, of.what, a, b)
			}
		}
		if c.calibrates != (calibrated > 0) {
			t.Errorf("%s: %d steps of calibration", c.name, calibrated)
		}
	}
}
