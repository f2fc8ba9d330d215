package observer

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Counting without a branch for each value is counting value by value.
func TestHistogramCountsEveryValue(t *testing.T) {
	draw := rand.New(rand.NewPCG(3, 4))
	special := []float32{0, float32(math.Copysign(0, -1)), 1, -1, math.SmallestNonzeroFloat32, -math.MaxFloat32, 0.5, 2}
	for range 300 {
		got, want := newHistogram(16), newHistogram(16)
		for range 3 {
			x := make([]float32, draw.IntN(30))
			for i := range x {
				x[i] = float32(draw.NormFloat64() * math.Ldexp(1, draw.IntN(20)-10))
				if draw.IntN(4) == 0 {
					x[i] = special[draw.IntN(len(special))]
				}
			}
			if !got.add(x) || !countEach(want, x) {
				t.Fatalf("%v are finite", x)
			}
			if got.width != want.width || got.n != want.n || !slices.Equal(got.counts[0], want.counts[0]) || !slices.Equal(got.counts[1], want.counts[1]) {
				t.Fatalf("%v: %v, and %v value by value", x, got, want)
			}
		}
	}
	for _, v := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))} {
		for at := range 6 {
			x := make([]float32, 6)
			if x[at] = v; newHistogram(16).add(x) {
				t.Errorf("%v counts", x)
			}
		}
	}
}

// countEach is histogram.add as it is written down.
func countEach(h *histogram, x []float32) bool {
	h.n += int64(len(x))
	for _, v := range x {
		side, a := 0, float64(v)
		if v < 0 {
			side, a = 1, -a
		}
		if !(a <= math.MaxFloat32) {
			return false
		}
		if h.reach(float32(a)); h.width == noWidth {
			h.counts[0][0]++
		} else {
			h.counts[side][int(a/h.step())]++
		}
	}
	return true
}
