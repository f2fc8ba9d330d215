package ref

import "math"

// EpilogueOp is an in-place function on a strip: freshly written floats that begin at channel 0 and whose
// number is a multiple of the channels. A kernel applies its epilogue in order to each strip it wrote.
type EpilogueOp func(strip []float32)

func apply(epilogue []EpilogueOp, strip []float32) {
	for _, p := range epilogue {
		p(strip)
	}
}

func each(f func(x float32) float32) EpilogueOp {
	return func(strip []float32) {
		for i, x := range strip {
			strip[i] = f(x)
		}
	}
}

// Clamp limits to [lo, hi]; NaN passes. Relu is Clamp(0, +Inf), and keeps -0.
func Clamp(lo, hi float32) EpilogueOp {
	return each(func(x float32) float32 { return clamp(x, lo, hi) })
}

// LeakyRelu is alpha·x where x < 0, else x.
func LeakyRelu(alpha float32) EpilogueOp {
	return each(func(x float32) float32 {
		if x < 0 {
			return x * alpha
		}
		return x
	})
}

// PRelu is slope[c]·x where x < 0, else x; c is the channel, len(slope) the number of channels.
func PRelu(slope []float32) EpilogueOp {
	return func(strip []float32) {
		for i, x := range strip {
			if x < 0 {
				strip[i] = x * slope[i%len(slope)]
			}
		}
	}
}

// Affine is x·scale[c] + shift[c], rounded twice.
func Affine(scale, shift []float32) EpilogueOp {
	return func(strip []float32) {
		for i, x := range strip {
			strip[i] = float32(x*scale[i%len(scale)]) + shift[i%len(scale)]
		}
	}
}

// SigmoidOp is Sigmoid on every element; so the others.
func SigmoidOp() EpilogueOp { return each(Sigmoid) }

// SiLUOp is SiLU on every element.
func SiLUOp() EpilogueOp { return each(SiLU) }

// HardSwishOp is HardSwish on every element.
func HardSwishOp() EpilogueOp { return each(HardSwish) }

// TanhOp is Tanh on every element.
func TanhOp() EpilogueOp { return each(Tanh) }

// ExpOp is Exp on every element.
func ExpOp() EpilogueOp { return each(Exp) }

// AbsOp clears the sign.
func AbsOp() EpilogueOp { return each(abs) }

// NegOp turns the sign.
func NegOp() EpilogueOp { return each(func(x float32) float32 { return -x }) }

// SqrtOp is the square root, correctly rounded.
func SqrtOp() EpilogueOp {
	return each(func(x float32) float32 { return float32(math.Sqrt(float64(x))) })
}

// HardSigmoidOp is HardSigmoid with the slope alpha and the offset beta.
func HardSigmoidOp(alpha, beta float32) EpilogueOp {
	return each(func(x float32) float32 { return HardSigmoid(x, alpha, beta) })
}
