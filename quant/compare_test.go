package quant_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Every backend's numbers are those of a run with its preset on the same data.
func TestCompareGivesTheNumbersOfARun(t *testing.T) {
	j := sampleJob(t)
	var recipes []recipe.Recipe
	for _, r := range recipe.Presets() {
		r.Preprocess, r.Data = j.Recipe.Preprocess, j.Recipe.Data
		recipes = append(recipes, r)
	}
	impossible := recipes[0]
	impossible.Weight.Observer = "kld" // has no scale for each channel
	recipes = append(recipes, impossible)
	last, all := 0, 0
	j.Progress = func(stage string, done, total int) {
		if stage != quant.StageCalibrate || done < last || total%j.Recipe.Data.Calibration != 0 || total > 2*j.Recipe.Data.Calibration {
			t.Errorf("progress %s %d of %d after %d: the items run for the network that is folded, and for that which is not", stage, done, total, last)
		}
		last, all = done, total
	}
	got, err := quant.Compare(context.Background(), j, recipes)
	if err != nil {
		t.Fatal(err)
	}
	if last != all || all == 0 {
		t.Errorf("progress ends at %d of %d", last, all)
	}
	if n := len(got) - 1; got[n].Problem == "" || len(got[n].Tensors) != 0 {
		t.Errorf("an impossible recipe gives %+v", got[n])
	}
	for _, name := range []string{"config1", "config2", "tensorrt"} {
		k := slices.IndexFunc(recipes, func(r recipe.Recipe) bool { return r.Name == name })
		p := got[k]
		if p.Recipe != name || p.Problem != "" || len(p.Float) != 0 {
			t.Fatalf("%s: %q, %d layers in float", p.Recipe, p.Problem, len(p.Float))
		}
		run := j
		run.Recipe, run.Progress = recipes[k], func(string, int, int) {}
		r, err := quant.Quantize(context.Background(), run)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Tensors) != len(r.Calibrated.Quantizers) {
			t.Fatalf("%s: %d tensors, the run has %d quantizers", name, len(p.Tensors), len(r.Calibrated.Quantizers))
		}
		for i, q := range r.Calibrated.Params {
			low, high := float32(math.Inf(1)), float32(math.Inf(-1))
			for c := range q.Scale {
				l, h := q.Reach(c)
				low, high = min(low, l), max(high, h)
			}
			x := p.Tensors[i]
			if x.Low != low || x.High != high || x.ZeroLow != slices.Min(q.ZeroPoint) || x.ZeroHigh != slices.Max(q.ZeroPoint) || x.Scales != len(q.Scale) {
				t.Errorf("%s: %s is %+v, the run has %g … %g", name, x.Name, x, low, high)
			}
		}
	}
}

func TestCompareFindsLayersInFloat(t *testing.T) {
	j := sampleJob(t)
	r := j.Recipe
	r.Overrides = []recipe.Override{{Op: "Gemm", Float: true}}
	qnn, err := recipe.Preset("onnx_qnn") // leaves linear layers in float
	if err != nil {
		t.Fatal(err)
	}
	got, err := quant.Compare(context.Background(), j, []recipe.Recipe{r, qnn})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range got {
		if len(p.Float) != 1 || p.Problem != "" {
			t.Errorf("%s: %q, in float are %v", p.Recipe, p.Problem, p.Float)
		}
	}
}
