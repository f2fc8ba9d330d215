package ref

import "math"

// Constants of Exp, Sigmoid and Tanh. The polynomials are fits of our own, rounded to float32: two of
// (e^r-1-r)/r² on |r| ≤ ln2/2 and (tanh(x)-x)/x³ as a polynomial in x² on |x| ≤ 5/8.
const (
	ExpLow  = -104.0       // below, e^x rounds to zero
	ExpHigh = 89.0         // above, e^x overflows
	ExpTiny = -87.33654    // below, e^x is not a normal number
	Log2E   = 1.442695     // 1/ln2
	Ln2High = 0.693359375  // 9 bits, so that n·Ln2High is exact
	Ln2Low  = -2.121944e-4 // ln2 - Ln2High
	Ln2     = 0.6931472

	// RoundMagic rounds by being added: 2²³·1.5, whose sum with a small x has a last place of one;
	// the 127 makes the low bits of the sum the exponent field of 2^n.
	RoundMagic = 1<<23 + 1<<22 + 127

	SigmoidLow  = -89 // from here down, 1 + e^-x overflows
	SigmoidHigh = 88  // from here up, it is 1

	TanhSmall = 0.625
)

// ExpPoly and TanhPoly list coefficients from the highest power down, as Horner's rule takes them.
func ExpPoly() []float32 {
	return []float32{0.00139261817, 0.008363178, 0.0416665561, 0.166665763, 0.5}
}

// SigmoidPoly is ExpPoly with one coefficient less, which makes e^r exact to 1.1e-7 of it. It is
// evaluated in pairs, which wait less for each other than Horner's rule.
func SigmoidPoly() [4]float32 {
	return [4]float32{0.00831251033, 0.0418902449, 0.166671157, 0.499992311}
}

// TanhPoly: see ExpPoly.
func TanhPoly() []float32 {
	return []float32{-0.00609671418, 0.0209971797, -0.0538509078, 0.133327693, -0.333333284}
}

// nearest rounds half to even, as f32x4.nearest does.
func nearest(x float32) float32 { return float32(math.RoundToEven(float64(x))) }

// clamp is f32x4.pmin(hi, f32x4.pmax(lo, x)) with x taken first: NaN passes.
func clamp(x, lo, hi float32) float32 {
	if x < lo {
		x = lo
	}
	if hi < x {
		x = hi
	}
	return x
}

func horner(x float32, poly []float32) float32 {
	y := poly[0]
	for _, c := range poly[1:] {
		y = float32(y*x) + c
	}
	return y
}

// reduce splits x = n·ln2 + r, |r| ≤ ln2/2 (Cody and Waite), and gives n, by its sum with RoundMagic,
// and e^r.
func reduce(x float32) (sum, y float32) {
	sum = float32(x*Log2E) + RoundMagic
	n := sum - RoundMagic
	r := x - float32(n*Ln2High)
	r -= float32(n * Ln2Low)
	y = float32(horner(r, ExpPoly())*float32(r*r)) + r
	return sum, y + 1
}

// Exp is e^x within about 1 ulp: e^r times two powers of two, so that denormal results round once and
// overflow gives +Inf. NaN passes.
func Exp(x float32) float32 {
	sum, y := reduce(clamp(x, ExpLow, ExpHigh))
	n := int32(math.Float32bits(sum) - math.Float32bits(RoundMagic))
	half := n >> 1
	return float32(y*pow2(half)) * pow2(n-half)
}

// ExpNeg is e^x for x ≤ 0, cheaper than Exp: what is below the normal numbers (x < ExpTiny) is 0.
func ExpNeg(x float32) float32 {
	if x < ExpTiny {
		return 0
	}
	sum, y := reduce(x)
	return y * math.Float32frombits(math.Float32bits(sum)<<23)
}

// pow2 is 2^n for a normal result.
func pow2(n int32) float32 { return math.Float32frombits(uint32(n+127) << 23) }

// LogisticDenominator is 1 + e^-x, +Inf from -88.8 down, 1 + 0 from 88 up. NaN passes. Its error is at most
// 2.4e-7 of it and 6e-8·|x| of e^-x: n·ln2 is rounded, not split as in reduce, which would cost a tenth of
// the time and matters only where e^-x is large.
func LogisticDenominator(x float32) float32 {
	c := clamp(x, SigmoidLow, SigmoidHigh)
	sum := float32(c*-Log2E) + RoundMagic
	n := sum - RoundMagic
	r := float32(n*-Ln2) - c
	p, r2 := SigmoidPoly(), float32(r*r)
	a, b := float32(p[0]*r)+p[1], float32(p[2]*r)+p[3]
	y := float32((float32(a*r2)+b)*r2) + (r + 1)
	return float32(y*math.Float32frombits(math.Float32bits(sum)<<23)) + 1
}

// Sigmoid is 1/(1+e^-x).
func Sigmoid(x float32) float32 { return 1 / LogisticDenominator(x) }

// SiLU is x·sigmoid(x), as x/(1+e^-x). At -Inf it is NaN, as in PyTorch.
func SiLU(x float32) float32 { return x / LogisticDenominator(x) }

// Tanh is a + a³·P(a²) for a = |x| < 5/8 and (1-t)/(1+t), t = e^-2a, beyond; then the sign of x.
func Tanh(x float32) float32 {
	a := abs(x)
	z := float32(a * a)
	y := float32(float32(a*z)*horner(z, TanhPoly())) + a
	if !(a < TanhSmall) {
		t := ExpNeg(a * -2)
		y = (1 - t) / (1 + t)
	}
	return copysign(y, x)
}

// HardSigmoid is clamp(alpha·x + beta, 0, 1).
func HardSigmoid(x, alpha, beta float32) float32 { return clamp(float32(x*alpha)+beta, 0, 1) }

// HardSwish is x·HardSigmoid(x, 1/6, 1/2).
func HardSwish(x float32) float32 { return x * HardSigmoid(x, 1.0/6, 0.5) }

func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

func copysign(x, sign float32) float32 {
	return math.Float32frombits(math.Float32bits(x)&^(1<<31) | math.Float32bits(sign)&(1<<31))
}
