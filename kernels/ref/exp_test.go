package ref

import (
	"math"
	"testing"
)

// sweep visits float32 values in [lo, hi] spread over all exponents and mantissas.
func sweep(lo, hi float32, visit func(x float32)) {
	for bits := uint64(0); bits < 1<<32; bits += 40503 {
		x := math.Float32frombits(uint32(bits))
		if lo <= x && x <= hi {
			visit(x)
		}
	}
	for i := 0; i <= 200000; i++ {
		visit(lo + (hi-lo)*float32(i)/200000)
	}
}

// ulp is the distance of got from want in units of the last place of want, denormals included.
func ulp(got float32, want float64) float64 {
	_, e := math.Frexp(want)
	return math.Abs(float64(got)-want) / math.Ldexp(1, max(e-24, -149))
}

func TestExpAccuracy(t *testing.T) {
	worst, at := 0.0, float32(0)
	sweep(-104, 88.7228, func(x float32) {
		if e := ulp(Exp(x), math.Exp(float64(x))); e > worst {
			worst, at = e, x
		}
	})
	t.Logf("exp: %.3f ulp at %v", worst, at)
	if worst > 1.1 {
		t.Errorf("exp: %.3f ulp at %v, want at most 1.1", worst, at)
	}
}

// tail is the relative error of e^-x that LogisticDenominator has from n·ln2, where it is large.
func tail(x float32) float64 { return 6e-8 * math.Abs(min(float64(x), 0)) }

func TestSigmoidAccuracy(t *testing.T) {
	worst, at := 0.0, float32(0)
	sweep(-87, 104, func(x float32) {
		want := 1 / (1 + math.Exp(-float64(x)))
		if e := math.Abs(float64(Sigmoid(x))/want-1) - tail(x); e > worst {
			worst, at = e, x
		}
	})
	t.Logf("sigmoid: relative error %.3g over its tail's at %v", worst, at)
	if worst > 3e-7 {
		t.Errorf("sigmoid: relative error %.3g over its tail's at %v", worst, at)
	}
	sweep(-104, -88.8, func(x float32) {
		if y := Sigmoid(x); y != 0 {
			t.Errorf("sigmoid(%v) = %v, want 0", x, y)
		}
	})
}

func TestTanhAccuracy(t *testing.T) {
	worst, at := 0.0, float32(0)
	sweep(-20, 20, func(x float32) {
		want := math.Tanh(float64(x))
		if want == 0 {
			return
		}
		if e := ulp(Tanh(x), want); e > worst {
			worst, at = e, x
		}
	})
	t.Logf("tanh: %.3f ulp at %v", worst, at)
	if worst > 3 {
		t.Errorf("tanh: %.3f ulp at %v, want at most 3", worst, at)
	}
}

func TestSiLUAccuracy(t *testing.T) {
	sweep(-80, 80, func(x float32) {
		want := float64(x) / (1 + math.Exp(-float64(x)))
		if math.Abs(want) > 1e-37 && math.Abs(float64(SiLU(x))/want-1) > 4e-7+tail(x) {
			t.Errorf("silu(%v) = %v, want %v", x, SiLU(x), want)
		}
	})
}

func TestSpecialValues(t *testing.T) {
	inf := float32(math.Inf(1))
	nan := float32(math.NaN())
	negZero := float32(math.Copysign(0, -1))
	for _, c := range []struct {
		name string
		f    func(float32) float32
		x    float32
		want float32
	}{
		{"exp", Exp, 0, 1}, {"exp", Exp, negZero, 1}, {"exp", Exp, inf, inf}, {"exp", Exp, -inf, 0},
		{"exp", Exp, 3e38, inf}, {"exp", Exp, -3e38, 0}, {"exp", Exp, nan, nan}, {"exp", Exp, 1e-40, 1},
		{"sigmoid", Sigmoid, 0, 0.5}, {"sigmoid", Sigmoid, inf, 1}, {"sigmoid", Sigmoid, -inf, 0}, {"sigmoid", Sigmoid, nan, nan},
		{"tanh", Tanh, 0, 0}, {"tanh", Tanh, negZero, negZero}, {"tanh", Tanh, inf, 1}, {"tanh", Tanh, -inf, -1},
		{"tanh", Tanh, nan, nan}, {"tanh", Tanh, 1e-40, 1e-40}, {"tanh", Tanh, -30, -1},
		{"silu", SiLU, inf, inf}, {"silu", SiLU, -inf, nan}, {"silu", SiLU, negZero, negZero}, {"silu", SiLU, nan, nan},
		{"hardswish", HardSwish, 3, 3}, {"hardswish", HardSwish, -3, negZero}, {"hardswish", HardSwish, 4, 4}, {"hardswish", HardSwish, nan, nan},
	} {
		if got := c.f(c.x); !Same(got, c.want) {
			t.Errorf("%s(%v) = %v, want %v", c.name, c.x, got, c.want)
		}
	}
}
