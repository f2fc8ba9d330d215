// Package portable has the elementary functions that numbers of a recipe's result depend on, in
// operations that every machine rounds alike: package math has assembly on some, and Go may fuse a
// multiplication with an addition on others. float64, with a relative error of a few 1e-16, so that
// what is rounded to float32 is nearly always the float32 nearest to the true value.
package portable

import (
	"math"
	"math/big"
)

const (
	ln2High = 0x1.62e42feep-1           // 32 bits: products with exponents are exact
	ln2Low  = 0x1.a39ef35793c76p-33     // ln 2 − ln2High
	log2E   = 1.44269504088896340735992 // 1/ln 2
	expLow  = -745.2                    // below, e^x rounds to zero
	expHigh = 709.8                     // above, e^x overflows
)

// expTerms are 1/k!, k = 13 … 0, and logTerms 1/k, k = 23, 21 … 1.
var (
	expTerms = [...]float64{
		1. / 6227020800, 1. / 479001600, 1. / 39916800, 1. / 3628800, 1. / 362880, 1. / 40320, 1. / 5040,
		1. / 720, 1. / 120, 1. / 24, 1. / 6, 1. / 2, 1, 1,
	}
	logTerms = [...]float64{1. / 23, 1. / 21, 1. / 19, 1. / 17, 1. / 15, 1. / 13, 1. / 11, 1. / 9, 1. / 7, 1. / 5, 1. / 3, 1}
)

// Exp is e^x: with x = n·ln 2 + r, |r| ≤ ln 2/2, the series of e^r to the 13th power, whose error is
// below 1e-17, times 2^n.
func Exp(x float64) float64 {
	switch {
	case x != x:
		return x
	case x < expLow:
		return 0
	case x > expHigh:
		return math.Inf(1)
	}
	n := math.RoundToEven(float64(x * log2E))
	r := x - float64(n*ln2High)
	r -= float64(n * ln2Low)
	y := expTerms[0]
	for _, c := range expTerms[1:] {
		y = float64(y*r) + c
	}
	return math.Ldexp(y, int(n))
}

// Log is the natural logarithm of x: −Inf of 0, NaN below. With x = f·2^e and √½ ≤ f < √2 it is
// 2·artanh((f−1)/(f+1)) + e·ln 2; the series to the 23rd power has an error below 1e-17.
func Log(x float64) float64 {
	switch {
	case x != x || x < 0:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	case math.IsInf(x, 1):
		return x
	}
	f, e := math.Frexp(x)
	if f < math.Sqrt2/2 {
		f, e = 2*f, e-1
	}
	t := (f - 1) / (f + 1)
	square, sum := float64(t*t), logTerms[0]
	for _, c := range logTerms[1:] {
		sum = float64(sum*square) + c
	}
	return float64(2*t*sum) + (float64(float64(e)*ln2Low) + float64(float64(e)*ln2High))
}

// Pow is x^p for x ≥ 0 and p > 0.
func Pow(x, p float64) float64 {
	if x == 0 {
		return 0
	}
	return Exp(float64(p * Log(x)))
}

// Tanh is the hyperbolic tangent, for small x by its series, elsewhere (1 − e^−2|x|)/(1 + e^−2|x|).
func Tanh(x float64) float64 {
	a := math.Abs(x)
	if a < 1e-3 {
		z := float64(x * x)
		return x - float64(float64(x*z)*(1./3-float64(z*(2./15))))
	}
	t := Exp(-2 * a)
	return math.Copysign((1-t)/(1+t), x)
}

// Sigmoid is 1/(1 + e^−x).
func Sigmoid(x float64) float64 { return 1 / (1 + Exp(-x)) }

// Cos is the cosine of 0 ≤ x ≤ π, 1 − 2·sin²(x/2) by the series of the sine.
func Cos(x float64) float64 {
	x /= 2
	term, sine := x, x
	for k := 2.0; k < 24; k += 2 {
		term = float64(-term*x) * x / float64(k*(k+1))
		sine += term
	}
	return 1 - 2*float64(sine*sine)
}

// Sin is the sine of x + quarters·π/2, x a float32: whole multiples of π/2 are taken off in as many digits as it has.
func Sin(x float64, quarters int) float64 {
	if math.IsInf(x, 0) || x != x {
		return math.NaN()
	}
	n := math.RoundToEven(float64(x * (2 / math.Pi)))
	var r float64
	if math.Abs(n) < 1<<20 { // so that n times the upper parts of π/2, of 33 bits, are exact
		r = x - float64(n*halfPi[0])
		r -= float64(n * halfPi[1])
		r -= float64(n * halfPi[2])
	} else {
		n, r = reduceFar(x)
	}
	quadrant := (int(math.Mod(n, 4)) + 4 + quarters) % 4
	y := sinNear(r)
	if quadrant%2 == 1 {
		half := sinNear(r / 2)
		y = 1 - 2*float64(half*half)
	}
	if quadrant >= 2 {
		y = -y
	}
	return y
}

// halfPi is π/2 in three parts, the first two of 33 bits.
var halfPi = [...]float64{0x1.921fb544p0, 0x1.0b4611a6p-34, 0x1.3198a2e037073p-69}

// reduceFar is x less the nearest multiple n of π/2, for large x.
func reduceFar(x float64) (n, r float64) {
	const precision = 256
	half, _, _ := big.ParseFloat("1.57079632679489661923132169163975144209858469968755291048747229615390820314310449931401741267", 10, precision, big.ToNearestEven)
	whole := new(big.Float).SetPrec(precision).SetFloat64(x)
	count, _ := new(big.Float).SetPrec(precision).Quo(whole, half).Int(nil)
	rest := new(big.Float).SetPrec(precision).SetInt(count)
	rest.Sub(whole, rest.Mul(rest, half))
	r, _ = rest.Float64()
	four := new(big.Int).Mod(count, big.NewInt(4)) // of a remainder below π/2, whichever sign
	n = float64(four.Int64())
	if r > math.Pi/4 {
		return n + 1, r - math.Pi/2
	}
	if r < -math.Pi/4 {
		return n - 1, r + math.Pi/2
	}
	return n, r
}

// sinNear is the sine of |x| ≤ π/4 by its series to the 19th power.
func sinNear(x float64) float64 {
	square, term, sum := float64(x*x), x, x
	for k := 2.0; k < 20; k += 2 {
		term = float64(-term*square) / float64(k*(k+1))
		sum += term
	}
	return sum
}

// Atan is the arc tangent: twice that of x/(1+√(1+x²)), twice, and its series to the 35th power.
func Atan(x float64) float64 {
	switch {
	case x != x:
		return x
	case math.Abs(x) > 1e18:
		return math.Copysign(math.Pi/2, x)
	}
	for range 2 {
		x /= 1 + math.Sqrt(1+float64(x*x))
	}
	square, sum := float64(x*x), 0.0
	for k := 35.0; k > 0; k -= 2 {
		sum = 1/k - float64(sum*square)
	}
	return 4 * float64(sum*x)
}
