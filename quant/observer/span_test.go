package observer

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestOf(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		x := make([]float32, r.IntN(9))
		for i := range x {
			if x[i] = math.Float32frombits(r.Uint32()); r.IntN(3) == 0 {
				x[i] = []float32{0, float32(math.Copysign(0, -1)), float32(math.Inf(1)), float32(math.Inf(-1))}[r.IntN(4)]
			}
		}
		if r.IntN(20) == 0 && len(x) > 0 {
			x[0] = float32(math.Copysign(math.NaN(), float64(1-2*r.IntN(2))))
		}
		least, most := float32(math.Inf(1)), float32(math.Inf(-1))
		for _, v := range x {
			least, most = min(least, v), max(most, v)
		}
		lo, hi := Of(x)
		same := math.Float32bits(lo) == math.Float32bits(least) && math.Float32bits(hi) == math.Float32bits(most)
		if !same && !(least != least && lo != lo && hi != hi) {
			t.Fatalf("%v: %v to %v, not %v to %v", x, lo, hi, least, most)
		}
	}
}
