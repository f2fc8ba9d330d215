package ref

// AtanhPoly approximates (atanh(s)/s - 1)/s² as a polynomial in s², on s² ≤ 1/9: a Chebyshev fit of our
// own, rounded to float32; see ExpPoly. log((1+s)/(1-s)) = 2·atanh(s), which Softplus and Pow use.
func AtanhPoly() []float32 {
	return []float32{0.11612165, 0.108532876, 0.142961785, 0.199998528, 0.333333343}
}

// Softplus is log(1 + e^x), as max(x, 0) + log(1 + t) with t = e^-|x|; log(1 + t) is 2·atanh(t/(2+t)),
// so that very negative x keeps its relative accuracy.
func Softplus(x float32) float32 {
	t := Exp(-abs(x))
	s := t / (t + 2)
	z := float32(s * s)
	log := float32(float32(s*z)*horner(z, AtanhPoly())) + s
	top := x
	if x < 0 {
		top = 0
	}
	return top + (log + log)
}

// Mish is x·tanh(Softplus(x)) without tanh or log: with t = e^-|x| the factor is n/d, where n = 1 + 2t and
// d = n + 2t² for x ≥ 0, n = t·(2 + t) and d = n + 2 for x < 0. At -Inf it is NaN, as SiLU is.
func Mish(x float32) float32 {
	t := Exp(-abs(x))
	n := t + t + 1
	rest := float32(t*t) * 2
	if x < 0 {
		n = t * (t + 2)
		rest = 2
	}
	return x * (n / (n + rest))
}

// SoftplusOp is Softplus on every element.
func SoftplusOp() EpilogueOp { return each(Softplus) }

// MishOp is Mish on every element.
func MishOp() EpilogueOp { return each(Mish) }
