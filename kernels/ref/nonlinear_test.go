package ref

import (
	"math"
	"testing"
)

// relative is the worst relative error of f against want over [lo, hi], where want is a normal float32.
func relative(lo, hi float32, f func(float32) float32, want func(float64) float64) (worst float64, at float32) {
	sweep(lo, hi, func(x float32) {
		w := want(float64(x))
		if math.Abs(w) < 0x1p-126 {
			return
		}
		if e := math.Abs(float64(f(x))/w - 1); e > worst {
			worst, at = e, x
		}
	})
	return worst, at
}

func TestNonlinearAccuracy(t *testing.T) {
	phi := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	softplus := func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }
	for _, c := range []struct {
		name   string
		f      func(float32) float32
		want   func(float64) float64
		lo, hi float32
		most   float64
	}{
		{"elu", func(x float32) float32 { return Elu(x, 1) }, math.Expm1, -200, 0, 3e-7},
		{"softplus", Softplus, softplus, -87, 200, 3e-7},
		{"mish", Mish, func(x float64) float64 { return x * math.Tanh(softplus(x)) }, -80, 200, 4e-7},
		{"gelu", Gelu, func(x float64) float64 { return x * phi(x) }, -3, 200, 6e-7},
		{"log", Log, math.Log, 0x1p-126, 3e38, 3e-7},
		{"normal cdf", NormalCDF, phi, -3, 200, 6e-7},
		{"erf", Erf, math.Erf, -10, 10, 3e-7},
		{"gelu's tail", Gelu, func(x float64) float64 { return x * phi(x) }, -13, -3, 5e-6},
		{"gelu tanh", GeluTanh, func(x float64) float64 {
			return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
		}, -2, 200, 1e-6},
	} {
		worst, at := relative(c.lo, c.hi, c.f, c.want)
		t.Logf("%s: %.3g at %v", c.name, worst, at)
		if worst > c.most {
			t.Errorf("%s: relative error %.3g at %v, want at most %v", c.name, worst, at, c.most)
		}
	}
}

func TestNonlinearSpecialValues(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	negZero := float32(math.Copysign(0, -1))
	elu := func(x float32) float32 { return Elu(x, 2) }
	for _, c := range []struct {
		name    string
		f       func(float32) float32
		x, want float32
	}{
		{"elu", elu, -inf, -2}, {"elu", elu, inf, inf}, {"elu", elu, nan, nan}, {"elu", elu, negZero, negZero}, {"elu", elu, -0x1p-140, -0x1p-139},
		{"softplus", Softplus, inf, inf}, {"softplus", Softplus, -inf, 0}, {"softplus", Softplus, nan, nan}, {"softplus", Softplus, 3e38, 3e38},
		{"mish", Mish, inf, inf}, {"mish", Mish, nan, nan}, {"mish", Mish, negZero, negZero}, {"mish", Mish, 3e38, 3e38}, {"mish", Mish, -3e38, negZero},
		{"gelu", Gelu, inf, inf}, {"gelu", Gelu, nan, nan}, {"gelu", Gelu, negZero, negZero}, {"gelu", Gelu, 3e38, 3e38}, {"gelu", Gelu, -3e38, negZero},
		{"log", Log, inf, inf}, {"log", Log, nan, nan}, {"log", Log, 0, -inf}, {"log", Log, negZero, -inf}, {"log", Log, -1, nan}, {"log", Log, -inf, nan}, {"log", Log, 1, 0},
		{"log", Log, 0x1p-149, -103.27893},
		{"erf", Erf, inf, 1}, {"erf", Erf, -inf, -1}, {"erf", Erf, nan, nan}, {"erf", Erf, negZero, negZero}, {"erf", Erf, 0, 0}, {"erf", Erf, 3e38, 1},
		{"gelu tanh", GeluTanh, inf, inf}, {"gelu tanh", GeluTanh, nan, nan}, {"gelu tanh", GeluTanh, negZero, negZero}, {"gelu tanh", GeluTanh, -3e38, negZero},
	} {
		if got := c.f(c.x); !Same(got, c.want) {
			t.Errorf("%s(%v) = %v, want %v", c.name, c.x, got, c.want)
		}
	}
}

func TestPow(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	special := []float32{
		0, float32(math.Copysign(0, -1)), 1, -1, 2, -2, 3, -3, 0.5, -0.5, 1.5, -1.5, inf, -inf, nan, 1e-45, -1e-45, 0x1p-126, 3.4e38, -3.4e38,
		1 << 23, 1<<23 + 1, 1 << 24, 1e10, -1e10, 0x1.fffffep-1, 0x1.000002p0, -0x1.000002p0, 1e-10, 33, -33, 127, 128,
	}
	worst := 0.0
	check := func(x, y float32) {
		want := math.Pow(float64(x), float64(y))
		got := Pow(x, y)
		exact := float64(float32(want))
		if want == 0 || math.IsNaN(want) || math.IsInf(want, 0) || x == 1 || y == 0 {
			if !Same(got, float32(want)) {
				t.Errorf("%v^%v = %v, want %v", x, y, got, want)
			}
			return
		}
		if math.IsInf(exact, 0) || float64(got) == exact { // beyond float32: the last finite values are as good
			return
		}
		if e := ulp(got, want); e > worst {
			worst = e
		} else if math.IsNaN(e) || math.Signbit(float64(got)) != math.Signbit(want) {
			t.Errorf("%v^%v = %v, want %v", x, y, got, want)
		}
	}
	for _, x := range special {
		for _, y := range special {
			check(x, y)
		}
	}
	sweep(0, inf, func(x float32) {
		for _, y := range []float32{2, 0.5, -1, 3, 0.75, -0.75, 7.3} {
			check(x, y)
		}
	})
	sweep(0.9, 1.1, func(x float32) {
		check(x, 500)
		check(x, -813.5)
	})
	sweep(-80, 80, func(y float32) {
		check(2.1, y)
		check(0.3, y)
	})
	t.Logf("%.3f ulp", worst)
	if worst > 3 {
		t.Errorf("%.3f ulp, want at most 3", worst)
	}
}
