package observer

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/scheme"
)

// draw makes values of very different distributions.
func draw(r *rand.Rand) []float32 {
	x := make([]float32, 1+r.IntN(3000))
	kind, far := r.IntN(5), math.Exp(r.NormFloat64()*3)
	for i := range x {
		switch v := r.NormFloat64(); kind {
		case 0:
			x[i] = float32(v)
		case 1: // after a ReLU
			x[i] = float32(max(v, 0))
		case 2:
			x[i] = float32(-math.Abs(v) * far)
		case 3: // far values
			x[i] = float32(v * math.Exp(2*r.NormFloat64()))
		case 4: // whole numbers: ties
			x[i] = float32(math.Round(v * 4))
		}
	}
	return x
}

// With the sketch a search finds what it finds without, and tries far fewer candidates.
func TestSketchChangesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	tried, all := 0, 0
	for n := range 150 {
		s := scheme.QScheme{Bits: 2 + r.IntN(7), Symmetric: r.IntN(2) == 0, PoT: r.IntN(5) == 0}
		c := Config{Scheme: s, Axis: -1, Channels: 1, Options: Options{Power: []float32{1, 1.5, 2, 2, 2, 2.4, 3}[r.IntN(7)]}}
		with, without := newMSE(c).(*mse), newMSE(c).(*mse)
		without.sketch = nil
		for range 1 + r.IntN(2) {
			x := draw(r)
			cut := r.IntN(len(x) + 1)
			pieces := [][]float32{x[:cut], x[cut:]}
			for _, o := range []*mse{with, without} {
				for _, p := range pieces {
					o.Sketch(0, p)
					lo, hi := Of(p)
					o.ObserveRange(0, lo, hi)
				}
				for _, p := range pieces {
					o.Observe(0, p)
				}
			}
			for _, a := range with.tries {
				all++
				if !a.out {
					tried++
				}
			}
			with.EndBatch()
			without.EndBatch()
		}
		if !slices.Equal(with.found.lo, without.found.lo) || !slices.Equal(with.found.hi, without.found.hi) {
			t.Fatalf("case %d, %+v power %v: [%v, %v] with the sketch, [%v, %v] without", n, s, c.Power, with.found.lo, with.found.hi, without.found.lo, without.found.hi)
		}
	}
	t.Logf("%d of %d candidates tried", tried, all)
	if tried*4 > all {
		t.Errorf("%d of %d candidates tried", tried, all)
	}
}

// The bounds are bounds, up to the margin.
func TestSketchBounds(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		x := draw(r)
		c := Config{Scheme: scheme.QScheme{Bits: 2 + r.IntN(7), Symmetric: r.IntN(2) == 0}, Axis: -1, Channels: 1, Options: Options{Power: []float32{1, 1.3, 2, 2.4, 4}[r.IntN(5)]}}
		s := newSearch(c)
		s.Sketch(0, x)
		lo, hi := Of(x)
		shrink := r.Float32() + 0.05
		p, err := c.Scheme.FromRange([]float32{lo * shrink}, []float32{hi * shrink}, -1)
		if err != nil {
			t.Fatal(err)
		}
		lower, upper := s.sketch.bounds(&p, s.power)
		if got := s.loss(&p, x); got < lower*(1-sketchMargin) || got > upper*(1+sketchMargin)+1e-12 {
			t.Fatalf("%+v, power %v: error %v is not within %v and %v", c.Scheme, s.power, got, lower, upper)
		}
	}
}
