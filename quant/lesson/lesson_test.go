package lesson

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/internal/sampletest"
)

// bench is a lesson on the sample that ships with the page.
func bench(t *testing.T) *Bench {
	t.Helper()
	j := sampletest.Job(t)
	j.Progress = nil // the core is told nothing
	b, err := New(context.Background(), j)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func knobs() inspect.Knobs {
	return inspect.Knobs{Scope: inspect.Whole, Input: inspect.Knob{Scheme: Input()}, Weight: inspect.Knob{Scheme: Weight()}}
}

// turn gives both things that a turn tells.
func turn(t *testing.T, b *Bench, at int, k inspect.Knobs) (soon, all inspect.Effect) {
	t.Helper()
	var got []inspect.Effect
	if err := b.Turn(context.Background(), at, 0, k, func(e inspect.Effect, done bool) {
		if done != (len(got) == 1) {
			t.Errorf("answer %d says done: %v", len(got), done)
		}
		got = append(got, e)
	}); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 {
		t.Fatalf("%d answers", len(got))
	}
	return got[0], got[1]
}

func TestScene(t *testing.T) {
	b := bench(t)
	s, err := b.Scene(context.Background(), -1, Input())
	if err != nil {
		t.Fatal(err)
	}
	if !s.Layers[s.Layer].Depthwise || len(s.Inputs) != shownItems || len(b.Pictures()) != shownItems {
		t.Errorf("begins with layer %d of %+v, %d items", s.Layer, s.Layers, len(s.Inputs))
	}
	counted := 0
	for _, n := range s.Bins {
		counted += n
	}
	if counted != s.Elements || counted == 0 {
		t.Errorf("%d values in the bins, of %d", counted, s.Elements)
	}
	if len(s.Choices) < 10 || len(s.Curve) != points {
		t.Fatalf("%d choices, %d points", len(s.Choices), len(s.Curve))
	}
	for _, c := range s.Choices {
		if c.Observer == "minmax" && (c.High < s.Max*0.99 || c.High > s.Max*1.01) {
			t.Errorf("minmax chooses %v … %v of %v … %v", c.Low, c.High, s.Min, s.Max)
		}
	}
	// The widest range clips nothing and rounds most, the narrowest the reverse.
	narrow, wide := s.Curve[0], s.Curve[points-1]
	if wide.Clipping != 0 || narrow.Clipping <= 0 || narrow.Rounding >= wide.Rounding {
		t.Errorf("narrow %+v, wide %+v", narrow, wide)
	}
	if _, err := b.Scene(context.Background(), 99, Input()); err == nil || !strings.Contains(err.Error(), "no layer 99") {
		t.Error(err)
	}
}

// TestTurn drags a range: the layer loses, then the network.
func TestTurn(t *testing.T) {
	b := bench(t)
	s, err := b.Scene(context.Background(), -1, Input())
	if err != nil {
		t.Fatal(err)
	}
	soon, all := turn(t, b, s.Layer, knobs())
	if soon.Measured != 1 || all.Measured != shownItems || all.Agree < shownItems-1 || soon.Logits < 15 {
		t.Errorf("8 bits: %+v, then %+v", soon, all)
	}
	if soon.Clipped != 0 || soon.Spread.Clipping != 0 || soon.Params.QMax != 255 {
		t.Errorf("the whole range clips: %+v", soon)
	}
	k := knobs()
	k.Input.Range = &[2]float32{0, s.Max / 50}
	if _, clipped := turn(t, b, s.Layer, k); clipped.Clipped == 0 || clipped.Logits > all.Logits-5 || clipped.SQNR > all.SQNR {
		t.Errorf("a fiftieth of the range: %+v", clipped)
	}
	k = knobs()
	k.Input.Scheme.Bits = 2
	if _, coarse := turn(t, b, s.Layer, k); coarse.Used > 4 || coarse.SQNR > all.SQNR-20 {
		t.Errorf("2 bits: %+v", coarse)
	}
	for _, scope := range inspect.Scopes() {
		k := knobs()
		k.Scope = scope
		began := time.Now()
		_, e := turn(t, b, s.Layer, k)
		t.Logf("%s: logits %.1f dB, %v", scope, e.Logits, time.Since(began))
		if scope == inspect.OnlyLayer && e.Logits < all.Logits {
			t.Errorf("one layer costs %g dB, all of them %g", e.Logits, all.Logits)
		}
	}
	for name, wrong := range map[string]func(k *inspect.Knobs){
		"0 bits":      func(k *inspect.Knobs) { k.Input.Scheme.Bits = 0 },
		"40 bits":     func(k *inspect.Knobs) { k.Weight.Scheme.Bits = 40 },
		"not a range": func(k *inspect.Knobs) { k.Input.Range = &[2]float32{2, 1} },
	} {
		k := knobs()
		wrong(&k)
		if err := b.Turn(context.Background(), 0, 0, k, func(inspect.Effect, bool) {}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
