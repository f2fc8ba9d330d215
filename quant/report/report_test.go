package report

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/ref"

	"github.com/quantscope/quantscope/quant/scheme"
)

func TestSignal(t *testing.T) {
	var s Signal
	s.Add([]float32{3, 0}, []float32{3, 0})
	if s.SQNR() != LimitSQNR || s.Cosine() != 1 {
		t.Errorf("equal: %v dB, cosine %v", s.SQNR(), s.Cosine())
	}
	s.Add([]float32{4}, []float32{4.5}) // 25 against 0.25
	if math.Abs(s.SQNR()-20) > 1e-12 {
		t.Errorf("%v dB, want 20", s.SQNR())
	}
	if want := (9 + 18.) / (5 * math.Sqrt(9+20.25)); math.Abs(s.Cosine()-want) > 1e-15 {
		t.Errorf("cosine %v, want %v", s.Cosine(), want)
	}
	nan := float32(math.NaN())
	for _, c := range [][2]float32{{nan, 1}, {1, nan}, {0, 1}, {1, float32(math.Inf(1))}} {
		var s Signal
		s.Add(c[:1], c[1:])
		if s.SQNR() != -LimitSQNR {
			t.Errorf("%v: %v dB", c, s.SQNR())
		}
		if _, err := json.Marshal([]float64{s.SQNR(), s.Cosine()}); err != nil {
			t.Errorf("%v: %v", c, err)
		}
	}
	var none Signal
	if none.Cosine() != 1 || none.SQNR() != LimitSQNR {
		t.Errorf("nothing seen: %v %v", none.SQNR(), none.Cosine())
	}
}

func TestLog10(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 10000 {
		x := math.Exp(r.Float64()*1000 - 500)
		if got, want := log10(x), math.Log10(x); math.Abs(got-want) > 1e-15*max(1, math.Abs(want)) {
			t.Fatalf("log10(%v) = %v, want %v", x, got, want)
		}
	}
	for x, want := range map[float64]float64{
		1: 0, 1000: 3, 1e-300: -300, math.Sqrt2 / 2: -0.150514997831990598,
		math.SmallestNonzeroFloat64: -323.306215343115804, math.MaxFloat64: 308.254715559916744,
	} {
		if got := log10(x); math.Abs(got-want) > 1e-13 {
			t.Errorf("log10(%v) = %v, want %v", x, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	nan := float32(math.NaN())
	var a Accuracy
	a.Count([]float32{0, 9, 1}, []float32{0, 9, 1}, 1, 0)              // both right
	a.Count([]float32{0, 9, 1}, []float32{9, 0, 1}, 1, 0)              // float right
	a.Count([]float32{0, 9, 1}, []float32{0, 0, 1}, 1, 1)              // with a background class: 0 and 1
	a.Count([]float32{nan, 1, 2}, []float32{0, 1, nan}, Unlabelled, 0) // 2 and 1
	a.Count([]float32{5, 5, 5}, []float32{nan, nan, nan}, Unlabelled, 0)
	if a != (Accuracy{Items: 5, Labelled: 3, Float: 2, Quantized: 2, Agree: 2}) {
		t.Errorf("%+v", a)
	}
}

func TestWorstFirst(t *testing.T) {
	layers := []Layer{{Index: 0, SQNR: 30}, {Index: 1, SQNR: 10}, {Index: 2, SQNR: 30}, {Index: 3, SQNR: -200}}
	WorstFirst(layers)
	for i, want := range []int{3, 1, 0, 2} {
		if layers[i].Index != want {
			t.Errorf("place %d: layer %d, want %d", i, layers[i].Index, want)
		}
	}
}

// Digests are a promise: links made today are checked against them tomorrow.
func TestDigestsAreFixed(t *testing.T) {
	d := NewDigest()
	d.Floats([]float32{1, -2.5, float32(math.NaN())})
	d.Floats(nil)
	if got := d.String(); got != "ad35f0e10de08ad47997f3742ce2dbfc492477b2882e6e0b6e5e074df22b6ab5" {
		t.Error("logits", got)
	}
	p := []scheme.QParams{
		{Scale: []float32{0.5, 0.25}, ZeroPoint: []int32{0, -3}, QMin: -128, QMax: 127, Axis: 0},
		{Scale: []float32{0.1}, ZeroPoint: []int32{128}, QMin: 0, QMax: 255, Axis: -1},
	}
	if got := QParams(p); got != "f5e1e93093b7c161b78234cc54a0f89651869b68cd522dbc76d2778e6ed6399d" {
		t.Error("qparams", got)
	}
	seen := map[string]bool{QParams(p): true}
	for _, change := range []func(){
		func() { p[0].Scale[1] = math.Nextafter32(0.25, 1) },
		func() { p[0].ZeroPoint[1] = 3 },
		func() { p[1].QMin = 1 },
		func() { p[1].Axis = 0 },
		func() { p = p[:1] },
	} {
		change()
		if seen[QParams(p)] {
			t.Errorf("a change does not show: %+v", p)
		}
		seen[QParams(p)] = true
	}
	a, b := NewDigest(), NewDigest()
	a.Floats([]float32{math.Float32frombits(0x7fc00000)})
	b.Floats([]float32{math.Float32frombits(0xffc00001)})
	if a.String() != b.String() {
		t.Error("NaNs differ")
	}
}

func TestCountInteger(t *testing.T) {
	var a Accuracy
	a.CountInteger([]float32{0, 9, 1}, []float32{0, 8, 1}, 1, 0) // alike, right
	a.CountInteger([]float32{0, 9, 1}, []float32{9, 0, 1}, 0, 0) // only the engine right
	a.CountInteger([]float32{0, 9, 1}, []float32{0, 0, 1}, 1, 1) // with a background class: 0 and 1
	a.CountInteger([]float32{0, 9, 1}, []float32{0, 9, 1}, Unlabelled, 0)
	if a != (Accuracy{Integer: 3, IntegerAgree: 2}) {
		t.Errorf("%+v", a)
	}
}

// One pass gives the bits of three.
func TestRuns(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var sums ref.Moments
	var want [3]Signal
	for range 4 {
		var x [3][]float32
		for k := range x {
			for range 1000 {
				x[k] = append(x[k], float32(r.NormFloat64()))
			}
		}
		want[0].Add(x[0], x[1])
		want[1].Add(x[0], x[2])
		want[2].Add(x[1], x[2])
		sums.Add(x[0], x[1], x[2])
	}
	got := Runs(sums)
	if got.Simulation() != want[0] || got.IntegerSQNR() != want[1].SQNR() || got.SimulationSQNR() != want[2].SQNR() {
		t.Errorf("%v, want %v", got, want)
	}
	for _, broken := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		after := sums
		if after.Add([]float32{1, float32(broken)}, make([]float32, 2), make([]float32, 2)); Runs(after).Finite() || !got.Finite() {
			t.Errorf("with %v: finite %v, before %v", broken, Runs(after).Finite(), got.Finite())
		}
	}
}
