package ref

import "math"

// Log is the natural logarithm within 2 ulp: -Inf of zeros, NaN below. x = m·2^e with √½ ≤ m < √2, as Pow
// splits it, and log m = 2·atanh((m-1)/(m+1)).
func Log(x float32) float32 {
	m, e := split(x)
	s := (m - 1) / (m + 1)
	z := float32(s * s)
	y := float32(float32(s*z)*horner(z, AtanhPoly())) + s
	y = float32(e*Ln2High) + (float32(e*Ln2Low) + (y + y))
	inf := float32(math.Inf(1))
	if !(x < inf) {
		y = x
	}
	if x == 0 {
		y = -inf
	}
	if x < 0 {
		y = float32(math.NaN())
	}
	return y
}

// LogOp is Log on every element.
func LogOp() EpilogueOp { return each(Log) }

// NormalCDF is Φ(x), the distribution function of the normal distribution; see TailPoly.
func NormalCDF(x float32) float32 {
	a := abs(x)
	t := 1 / (float32(a*TailStep) + 1)
	tail := Exp(float32(a*a)*-0.5) * float32(horner(t, TailPoly())*t)
	if !(x < 0) {
		tail = 1 - tail
	}
	return tail
}

// NormalCDFOp is NormalCDF on every element.
func NormalCDFOp() EpilogueOp { return each(NormalCDF) }
