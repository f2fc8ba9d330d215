package quant_test

import (
	"context"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/internal/sampletest"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// leastAgreement is the share of items on which 8 bits of any kind answer as float does.
const leastAgreement = 0.8

// sampleJob is the page's sample, few items of it.
func sampleJob(t *testing.T) quant.Job {
	t.Helper()
	j := sampletest.Job(t)
	r := &j.Recipe
	r.Backend, r.Data.Calibration, r.Data.Batch, r.Data.Evaluation = "qdq", 8, 4, 20
	j.Workers = workers
	return j
}

// settings makes a recipe's quantizer what the kinds need.
func settings(o observer.Kind, f fakequant.Kind, weight bool) recipe.Quantizer {
	q := recipe.Quantizer{FakeQuant: f.Name, Observer: o.Name}
	q.Scheme = scheme.QScheme{
		Bits: 8, PoT: o.PoT || f.PoT, Symmetric: weight || o.Symmetric || f.Symmetric,
		PerChannel: weight && !o.PerTensor && !f.PerTensor,
	}
	if f.Bits > 0 {
		q.Scheme.Bits = f.Bits
	}
	if o.Average {
		q.EMARatio = 0.9
	}
	return q
}

// Every observer and every fake-quantizer goes the whole way, on weights and on activations.
func TestEveryKindGoesTheWholeWay(t *testing.T) {
	minmax, err := observer.KindOf("minmax")
	if err != nil {
		t.Fatal(err)
	}
	fixed, err := fakequant.KindOf("fixed")
	if err != nil {
		t.Fatal(err)
	}
	check := func(name string, change func(*recipe.Recipe)) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := sampleJob(t)
			change(&j.Recipe)
			r, err := quant.Quantize(context.Background(), j)
			if err != nil {
				t.Fatal(err)
			}
			a := r.Report.Accuracy
			t.Logf("agrees on %d of %d", a.Agree, a.Items)
			if float64(a.Agree) < leastAgreement*float64(a.Items) {
				t.Errorf("agrees on %d of %d items", a.Agree, a.Items)
			}
			if none := strings.Contains(strings.Join(r.Notes, " "), "no QDQ file"); none != (r.QDQ == nil) || none != (r.Calibrated.Storable() != nil) {
				t.Errorf("QDQ of %d bytes, notes %q", len(r.QDQ), r.Notes)
			}
			checkReceipt(t, j, r)
		})
	}
	for _, k := range observer.Kinds() {
		check("activations observed by "+k.Name, func(r *recipe.Recipe) { r.Activation = settings(k, fixed, false) })
		if !strings.HasPrefix(k.Name, "lsq") { // where training begins; for activations of 8 bits far off
			check("weights observed by "+k.Name, func(r *recipe.Recipe) { r.Weight = settings(k, fixed, true) })
		}
	}
	for _, k := range fakequant.Kinds() {
		if k.Activation {
			check("activations by "+k.Name, func(r *recipe.Recipe) { r.Activation = settings(minmax, k, false) })
		}
		if k.Weights && k.Name != "dorefa" { // which needs a network trained for it
			check("weights by "+k.Name, func(r *recipe.Recipe) { r.Weight = settings(minmax, k, true) })
		}
	}
	check("one depthwise layer in float, one wider", func(r *recipe.Recipe) {
		wide := settings(minmax, fixed, true)
		wide.Scheme.Bits = 16
		r.Overrides = []recipe.Override{{Op: recipe.DepthwiseConv, Float: true}, {Op: "Gemm", Weight: &wide}}
	})
	check("shared scales", func(r *recipe.Recipe) { r.SharedScales = true })
	for _, own := range recipe.Presets() {
		check("preset "+own.Name, func(r *recipe.Recipe) {
			own.Preprocess, own.Data = r.Preprocess, r.Data
			*r = own
		})
	}
}
