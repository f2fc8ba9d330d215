package portable

import (
	"math"
	"math/rand/v2"
	"testing"
)

func near(t *testing.T, what string, x, got, want, bound float64) {
	t.Helper()
	if got == want || got != got && want != want {
		return
	}
	if d := math.Abs(got/want - 1); !(d <= bound) {
		t.Errorf("%s(%v) = %v, want %v: off by %.2g", what, x, got, want, d)
	}
}

func TestAgainstMath(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		x := (r.Float64() - 0.5) * 1400
		near(t, "exp", x, Exp(x), math.Exp(x), 2e-15)
		x = math.Exp(r.Float64()*1400 - 700)
		if d := math.Abs(Log(x) - math.Log(x)); d > 4e-16*max(1, math.Abs(math.Log(x))) {
			t.Errorf("log(%v) = %v, want %v", x, Log(x), math.Log(x))
		}
		x = (r.Float64() - 0.5) * 40 * math.Exp(-20*r.Float64())
		near(t, "tanh", x, Tanh(x), math.Tanh(x), 2e-13) // relative: 1−t cancels where x is small
		near(t, "sigmoid", x, Sigmoid(x), 1/(1+math.Exp(-x)), 1e-15)
		x = math.Exp(r.Float64()*20 - 10)
		near(t, "pow 2.4", x, Pow(x, 2.4), math.Pow(x, 2.4), 2e-14)
		x = r.Float64() * math.Pi
		if d := math.Abs(Cos(x) - math.Cos(x)); d > 2e-15 {
			t.Errorf("cos(%v) = %v, want %v", x, Cos(x), math.Cos(x))
		}
	}
}

func TestEnds(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct{ got, want float64 }{
		{Exp(0), 1}, {Exp(inf), inf}, {Exp(-inf), 0}, {Exp(nan), nan}, {Exp(-800), 0}, {Exp(800), inf},
		{Log(0), -inf}, {Log(-1), nan}, {Log(inf), inf}, {Log(1), 0}, {Log(nan), nan},
		{Tanh(0), 0}, {Tanh(inf), 1}, {Tanh(-inf), -1}, {Tanh(nan), nan},
		{Sigmoid(0), 0.5}, {Sigmoid(inf), 1}, {Sigmoid(-inf), 0}, {Pow(0, 2), 0}, {Pow(1, 3), 1},
	} {
		if c.got != c.want && !(c.got != c.got && c.want != c.want) {
			t.Errorf("%v, want %v", c.got, c.want)
		}
	}
}

// TestCircular holds sine and arc tangent against package math, near zeros of the sine and far away too.
func TestCircular(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 20000 {
		x := float64(float32((r.Float64() - 0.5) * math.Exp(r.Float64()*60-20)))
		if i%2 == 0 {
			x = float64(float32(float64(r.IntN(4000)-2000) * math.Pi / 2))
		}
		near(t, "sin", x, Sin(x, 0), math.Sin(x), 1e-9)
		near(t, "cos", x, Sin(x, 1), math.Cos(x), 1e-9)
		near(t, "atan", x, Atan(x), math.Atan(x), 1e-15)
	}
}
