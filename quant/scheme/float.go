package scheme

import "math"

// floating is a format of floats: rounding is half to even, what is too large saturates.
type floating struct {
	mantissa uint32  // bits
	normal   uint32  // float32 bits of the smallest normal number
	most     float32 // the greatest
}

// floatOf is the format of a grid of floats. That of BF16 has its subnormal numbers below 2^−118 already and not
// below 2^−126, where a last place could not be divided by in float32.
func floatOf(g Grid) (f floating, ok bool) {
	switch g {
	case E4M3:
		return floating{3, (127 - 6) << 23, 448}, true
	case E5M2:
		return floating{2, (127 - 14) << 23, 57344}, true
	case FP16:
		return floating{10, (127 - 14) << 23, 65504}, true
	case BF16:
		return floating{7, (127 - 118) << 23, 0x1.fep127}, true
	}
	return floating{}, false
}

// Float describes a grid of floats, if it is one: the greatest number, the least normal one, and the bits of a
// mantissa.
func (g Grid) Float() (most, normal float32, mantissa uint32, ok bool) {
	f, ok := floatOf(g)
	return f.most, math.Float32frombits(f.normal), f.mantissa, ok
}

// round gives the nearest number of the format; a NaN stays.
func (f floating) round(x float32) float32 {
	x = clamp(x, -f.most, f.most)
	// The last place at x is a power of two, so that dividing by it is exact.
	exponent := max(math.Float32bits(x)&(0xff<<23), f.normal)
	place := exponent - f.mantissa<<23
	inverse := math.Float32frombits(254<<23 - place)
	return rint(float32(x*inverse)) * math.Float32frombits(place)
}
