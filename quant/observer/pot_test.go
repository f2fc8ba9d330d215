package observer

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/quant/scheme"
)

// What an exponent costs is what both fake-quantizers of Vitis make of the values, the one that rounds ties to even and the one
// that rounds negative ones up: ties, values beyond the range, far beyond it, zeros of both signs, numbers too small for a code, the infinite.
func TestSquaredError(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		e := r.IntN(60) - 30
		scale := float32(math.Ldexp(1, -e))
		x := make([]float32, 1+r.IntN(40))
		for i := range x {
			switch r.IntN(7) {
			case 0:
				x[i] = (float32(r.IntN(600)-300) + 0.5) * scale
			case 1:
				x[i] = float32(math.Copysign(float64(scale)*1e-30, r.Float64()-0.5))
			case 2:
				x[i] = float32(math.Ldexp(r.NormFloat64(), r.IntN(60))) * scale
			case 3:
				x[i] = float32(math.Copysign(0, r.Float64()-0.5))
			default:
				x[i] = float32(r.NormFloat64()*100) * scale
			}
		}
		if r.IntN(50) == 0 {
			x[0] = float32(math.Inf(1 - 2*r.IntN(2)))
		}
		for _, grid := range []scheme.Grid{scheme.Integers, scheme.HalfUp} {
			p := scheme.QParams{Scale: []float32{scale}, ZeroPoint: []int32{0}, Axis: -1, QMin: -128, QMax: 127, Grid: grid}
			y := make([]float32, len(x))
			p.FakeQuantize(y, x, nil, scheme.PyTorch)
			want := 0.0
			for i, v := range x {
				d := y[i] - v
				want += float64(d * d)
			}
			if got := squaredError(x, scale, -128, 127); math.Float64bits(got) != math.Float64bits(want) {
				t.Fatalf("%s, scale 2^%d: %v, not %v", grid, -e, got, want)
			}
		}
	}
}
