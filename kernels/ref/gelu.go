package ref

// Constants of Gelu.
const (
	TailStep = 0.35 // see TailPoly

	GeluLinear = 1.5957691  // 2·sqrt(2/π)
	GeluCubic  = 0.07135482 // 0.044715 of it
)

// TailPoly approximates e^(a²/2)·Φ(-a), the scaled tail of the normal distribution, on 0 ≤ a ≤ 15: it is
// t·P(t) with t = 1/(1 + TailStep·a). A Chebyshev fit of our own, rounded to float32, within 8e-8 of
// itself; see ExpPoly.
func TailPoly() []float32 {
	return []float32{
		-0.0297704395, 0.146950915, -0.26171267, 0.165801808, -0.0274828896, 0.107262775, 0.119417034, 0.139914811, 0.13961865,
	}
}

// Gelu is x·Φ(x), Φ being the distribution function of the normal distribution, (1 + erf(x/√2))/2. Φ of
// -|x| comes first, so that negative x keeps its relative accuracy. At -Inf it is NaN, as in PyTorch.
func Gelu(x float32) float32 { return x * NormalCDF(x) }

// GeluTanh is Gelu's approximation x/2·(1 + tanh(v)) with v = sqrt(2/π)·(x + 0.044715·x³), as
// x·sigmoid(2v).
func GeluTanh(x float32) float32 {
	return x / LogisticDenominator(float32(x*(float32(float32(x*x)*GeluCubic)+GeluLinear)))
}

// GeluOp is Gelu on every element.
func GeluOp() EpilogueOp { return each(Gelu) }

// GeluTanhOp is GeluTanh on every element.
func GeluTanhOp() EpilogueOp { return each(GeluTanh) }
