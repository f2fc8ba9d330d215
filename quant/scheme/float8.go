package scheme

import "math"

// float8 is a format of 8-bit floats: rounding is half to even, what is too large saturates.
type float8 struct {
	mantissa uint32  // bits
	normal   uint32  // float32 bits of the smallest normal number
	most     float32 // the greatest
}

func floatOf(g Grid) float8 {
	if g == E5M2 {
		return float8{2, (127 - 14) << 23, 57344}
	}
	return float8{3, (127 - 6) << 23, 448}
}

// Float describes a grid of floats: the greatest number, which a scale is made to reach, the least
// normal one, and the bits of a mantissa.
func (g Grid) Float() (most, normal float32, mantissa uint32) {
	f := floatOf(g)
	return f.most, math.Float32frombits(f.normal), f.mantissa
}

// round gives the nearest number of the format; a NaN stays.
func (f float8) round(x float32) float32 {
	x = clamp(x, -f.most, f.most)
	// The last place at x is a power of two, so that dividing by it is exact.
	exponent := max(math.Float32bits(x)&(0xff<<23), f.normal)
	place := exponent - f.mantissa<<23
	inverse := math.Float32frombits(254<<23 - place)
	return rint(float32(x*inverse)) * math.Float32frombits(place)
}
