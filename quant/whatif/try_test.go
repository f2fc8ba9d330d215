package whatif

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/internal/sampletest"
	"github.com/quantscope/quantscope/quant/scheme"
)

func bench(t *testing.T) (*Bench, *calibrate.Calibrated) {
	t.Helper()
	j := sampletest.Job(t)
	j.Recipe.Data.Calibration, j.Recipe.Data.Batch = 8, 8
	c, err := quant.Calibrate(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(t.Context(), j, c)
	if err != nil {
		t.Fatal(err)
	}
	return b, c
}

// try gives the last answer, the first of which has no network yet.
func try(t *testing.T, b *Bench, layer int, q inspect.WhatIf) inspect.Tried {
	t.Helper()
	var all []inspect.Tried
	if err := b.Try(t.Context(), layer, q, func(a inspect.Tried, _ bool) { all = append(all, a) }); err != nil {
		t.Fatal(err)
	}
	if len(all) < 2 || all[0].Network != nil || all[len(all)-1].Network == nil {
		t.Fatalf("%d answers: %+v", len(all), all)
	}
	return all[len(all)-1]
}

func TestNothingChangedIsTheResult(t *testing.T) {
	b, c := bench(t)
	got := try(t, b, 1, inspect.WhatIf{})
	if *got.Network != *got.Before || got.Before.Items != measured || got.Before.Labelled != measured || got.Before.Agree < measured-1 {
		t.Errorf("%+v, %+v", got.Before, got.Network)
	}
	for _, f := range []*inspect.Fitted{got.Weight, got.Input} {
		n := 0
		for _, in := range f.Bins {
			n += in
		}
		if n != f.Elements || f.Codes != 256 || f.Used < 2 || !(f.SQNR > 20) || f.Min > f.Max {
			t.Errorf("%+v", f)
		}
	}
	// Asked for by name, the quantizer is the same.
	at := c.Quantizers[0]
	for i, q := range c.Quantizers {
		if q.Weight && q.Observer == "minmax" {
			x, err := b.numbers(t.Context(), i)
			if err != nil {
				t.Fatal(err)
			}
			p, err := b.params(i, inspect.Instead{Bits: q.Scheme.Bits, PerChannel: q.Scheme.PerChannel, Observer: q.Observer}, x)
			if err != nil || !p.Equal(c.Params[i]) {
				t.Errorf("%s: %v", q.Name, err)
			}
			at = q
		}
	}
	if !at.Weight {
		t.Error("no weight was compared")
	}
}

func TestBitsRangeAndGranularity(t *testing.T) {
	b, _ := bench(t)
	whole := try(t, b, 1, inspect.WhatIf{})
	few := try(t, b, 1, inspect.WhatIf{Weight: &inspect.Instead{Bits: 2, Observer: "minmax"}})
	if few.Weight.Codes != 4 || !(few.Weight.SQNR < whole.Weight.SQNR) || !(few.Network.SQNR < whole.Network.SQNR) || few.Input.SQNR != whole.Input.SQNR {
		t.Errorf("2 bits: %+v, %+v", few.Weight, few.Network)
	}
	channels := try(t, b, 1, inspect.WhatIf{Weight: &inspect.Instead{Bits: 2, Observer: "minmax", PerChannel: true}})
	if !(channels.Weight.SQNR > few.Weight.SQNR) {
		t.Errorf("per channel %v dB, per tensor %v dB", channels.Weight.SQNR, few.Weight.SQNR)
	}
	reach := max(-whole.Weight.Min, whole.Weight.Max)
	for _, perChannel := range []bool{false, true} {
		cut := try(t, b, 1, inspect.WhatIf{Weight: &inspect.Instead{Bits: 8, Observer: "minmax", PerChannel: perChannel, Range: &[2]float32{-reach / 4, reach / 4}}})
		if cut.Weight.Clipped == 0 || math.Abs(float64(cut.Weight.High-reach/4)) > float64(reach)/100 {
			t.Errorf("cut to a quarter, per channel %v: %+v", perChannel, cut.Weight)
		}
	}
	half := try(t, b, 1, inspect.WhatIf{Input: &inspect.Instead{Bits: 8, Observer: "minmax", Range: &[2]float32{0, whole.Input.Max / 2}}})
	if half.Input.Clipped == 0 || half.Weight.SQNR != whole.Weight.SQNR || !(half.Network.SQNR < whole.Network.SQNR) {
		t.Errorf("half the range: %+v, %+v", half.Input, half.Network)
	}
}

func TestTryRefuses(t *testing.T) {
	b, _ := bench(t)
	none := func(inspect.Tried, bool) {}
	for name, q := range map[string]inspect.Instead{
		"bits":     {Bits: 1, Observer: "minmax"},
		"observer": {Bits: 8, Observer: "median"},
		"range":    {Bits: 8, Observer: "minmax", Range: &[2]float32{1, 2}},
		"infinite": {Bits: 8, Observer: "minmax", Range: &[2]float32{0, float32(math.Inf(1))}},
		"none":     {Bits: 8, Observer: "minmax", Range: &[2]float32{0, float32(math.NaN())}},
	} {
		if err := b.Try(t.Context(), 1, inspect.WhatIf{Weight: &q}, none); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := b.Try(t.Context(), 99, inspect.WhatIf{}, none); err == nil {
		t.Error("a layer that is not there")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Try(ended, 1, inspect.WhatIf{}, none); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits: %v", err)
	}
}

func TestSharedNumbersChangeTogether(t *testing.T) {
	b, c := bench(t)
	q := append(c.Quantizers[:0:0], c.Quantizers...)
	q[0].Shared, q[2].Shared = 7, 7
	b.c.Quantizers = q
	params := make([]scheme.QParams, len(q))
	b.put(params, 0, scheme.QParams{QMax: 3})
	if params[0].QMax != 3 || params[2].QMax != 3 || params[1].QMax != 0 {
		t.Errorf("%+v", params[:3])
	}
}
