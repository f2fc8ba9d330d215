package ref

import "math"

// Post is an in-place function on a strip: freshly written floats that begin at channel 0 and whose
// number is a multiple of the channels. A kernel applies its posts in order to each strip it wrote.
type Post func(strip []float32)

func apply(posts []Post, strip []float32) {
	for _, p := range posts {
		p(strip)
	}
}

func each(f func(x float32) float32) Post {
	return func(strip []float32) {
		for i, x := range strip {
			strip[i] = f(x)
		}
	}
}

// Clamp limits to [lo, hi]; NaN passes. Relu is Clamp(0, +Inf), and keeps -0.
func Clamp(lo, hi float32) Post {
	return each(func(x float32) float32 { return clamp(x, lo, hi) })
}

// LeakyRelu is alpha·x where x < 0, else x.
func LeakyRelu(alpha float32) Post {
	return each(func(x float32) float32 {
		if x < 0 {
			return x * alpha
		}
		return x
	})
}

// PRelu is slope[c]·x where x < 0, else x; c is the channel, len(slope) the number of channels.
func PRelu(slope []float32) Post {
	return func(strip []float32) {
		for i, x := range strip {
			if x < 0 {
				strip[i] = x * slope[i%len(slope)]
			}
		}
	}
}

// Affine is x·scale[c] + shift[c], rounded twice.
func Affine(scale, shift []float32) Post {
	return func(strip []float32) {
		for i, x := range strip {
			strip[i] = float32(x*scale[i%len(scale)]) + shift[i%len(scale)]
		}
	}
}

// SigmoidPost is Sigmoid on every element; so the others.
func SigmoidPost() Post { return each(Sigmoid) }

// SiLUPost is SiLU on every element.
func SiLUPost() Post { return each(SiLU) }

// HardSwishPost is HardSwish on every element.
func HardSwishPost() Post { return each(HardSwish) }

// TanhPost is Tanh on every element.
func TanhPost() Post { return each(Tanh) }

// ExpPost is Exp on every element.
func ExpPost() Post { return each(Exp) }

// AbsPost clears the sign.
func AbsPost() Post { return each(abs) }

// NegPost turns the sign.
func NegPost() Post { return each(func(x float32) float32 { return -x }) }

// SqrtPost is the square root, correctly rounded.
func SqrtPost() Post {
	return each(func(x float32) float32 { return float32(math.Sqrt(float64(x))) })
}

// HardSigmoidPost is HardSigmoid with the slope alpha and the offset beta.
func HardSigmoidPost(alpha, beta float32) Post {
	return each(func(x float32) float32 { return HardSigmoid(x, alpha, beta) })
}
