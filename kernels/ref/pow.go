package ref

import "math"

// Constants of Pow.
const (
	PowSqrtHalf = 0x3f3504f3 // bits of √½, the least significand after the split
	PowMost     = 1 << 33    // exponents beyond act like this one: |log a| ≥ 2^-24 for a ≠ 1

	PowTiny      = 0x1p-126 // below are the denormals, which are scaled up first
	PowTinyShift = 24
	PowTinyScale = 1 << PowTinyShift
)

// Pow is x^y within 3 ulp, the special cases as C99 has them: 1 for y = 0 and for x = 1, even of NaN; NaN
// for a finite negative x and a y that is not whole; the sign of x for odd y.
func Pow(x, y float32) float32 {
	inf := float32(math.Inf(1))
	a := abs(x)
	whole := trunc(y) == y
	half := y * 0.5
	odd := whole && trunc(half) != half
	w := powPositive(a, y)
	if a == 0 || a == inf {
		w = 0
		if (a == inf) == (y > 0) {
			w = inf
		}
	}
	if odd {
		w = copysign(w, x)
	}
	if x < 0 && a != inf && !whole || x != x || y != y {
		w = float32(math.NaN())
	}
	if y == 0 || x == 1 {
		w = 1
	}
	return w
}

// split gives m and e of a = m·2^e with √½ ≤ m < √2, for finite a > 0.
func split(a float32) (m, e float32) {
	shift := float32(0)
	if a < PowTiny {
		a *= PowTinyScale
		shift = PowTinyShift
	}
	bits := int32(math.Float32bits(a))
	k := (bits - PowSqrtHalf) >> 23
	m = math.Float32frombits(uint32(bits - k<<23))
	return m, float32(k) - shift
}

// powPositive is e^(y·log a) for finite a > 0 and any y that is a number. log a and its product with y
// are sums of two floats: the first is exact to 24 bits, the second holds the rest.
func powPositive(a, y float32) float32 {
	m, e := split(a)

	// log m = 2·atanh(s), s = (m-1)/(m+1); rest is what the quotient leaves.
	f, g := m-1, m+1
	gLow := m - (g - 1)
	s := f / g
	sHigh, gHigh := high(s), high(g)
	sRest, gRest := s-sHigh, g-gHigh
	rest := f - float32(sHigh*gHigh)
	rest -= float32(sHigh * gRest)
	rest -= float32(sRest * g)
	rest -= float32(s * gLow)
	z := float32(s * s)
	tail := float32(float32(s*z)*horner(z, AtanhPoly())) + rest/g
	l := float32(e * Ln2High)
	logHigh := l + (s + s)
	logLow := ((s + s) - (logHigh - l)) + (float32(e*Ln2Low) + (tail + tail))

	// The product, of halves that multiply exactly.
	y = clamp(y, -PowMost, PowMost)
	lHigh, yHigh := high(logHigh), high(y)
	lRest, yRest := (logHigh-lHigh)+logLow, y-yHigh
	first := float32(yHigh * lHigh)
	second := float32(yHigh*lRest) + float32(yRest*(lHigh+lRest))
	u := first + second
	v := second - (u - first)
	w := Exp(u)
	if w < float32(math.Inf(1)) {
		w += float32(w * v)
	}
	return w
}

// high is x without the lower half of its significand: 12 bits are left, and 12 in the rest.
func high(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ 0xfff) }

// trunc rounds towards zero, as f32x4.trunc does.
func trunc(x float32) float32 { return float32(math.Trunc(float64(x))) }
