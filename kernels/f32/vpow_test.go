package f32_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/ref"
)

// TestPowOverAllExponents takes bases and exponents of every kind: any bits, whole and half exponents,
// bases near one, the special values of both.
func TestPowOverAllExponents(t *testing.T) {
	e := newEngine(t, 2<<20, call.F32Pow)
	r := rand.New(rand.NewPCG(41, 42))
	special := []float32{0, 1, 2, 0.5, 3, inf, float32(math.NaN()), 1e-45, 0x1p-126, 3.4e38, 1 << 24, 1<<23 + 1, 1 << 33, 0x1.fffffep-1, 0x1.000002p0}
	pick := func() float32 {
		x := special[r.IntN(len(special))]
		if r.IntN(2) == 0 {
			x = -x
		}
		return x
	}
	const n = 1 << 15
	x, y, want := make([]float32, n), make([]float32, n), make([]float32, n)
	for i := range x {
		x[i], y[i] = math.Float32frombits(r.Uint32()), math.Float32frombits(r.Uint32())
		switch r.IntN(6) {
		case 0:
			y[i] = float32(r.IntN(41)-20) / 2
		case 1:
			x[i] = 1 + float32(r.NormFloat64())*1e-3
			y[i] = float32(r.NormFloat64()) * 1e3
		case 2:
			x[i] = pick()
		case 3:
			y[i] = pick()
		case 4:
			x[i], y[i] = pick(), pick()
		}
		want[i] = ref.Pow(x[i], y[i])
	}
	a, strides := newArena(), []int{4}
	d := f32.Binary{
		Op: call.F32Pow, A: a.floats(x), B: a.floats(y), Y: a.output(make([]float32, n)), Shape: []int{n},
		AStrides: strides, BStrides: strides, YStrides: strides, Lo: -inf, Hi: inf,
	}
	a.check(t, e, d.Call(), want)
}
