package ref

import "math"

// FakeQuantHalfUp is FakeQuant with zero point 0 as Vitis rounds activations: x·inv is limited to
// [n, p] first, and a negative tie goes up.
func FakeQuantHalfUp(inv, n, p, s float32) EpilogueOp {
	return each(func(x float32) float32 {
		y := clamp(x*inv, n, p)
		if f := floor(y); y-f == 0.5 && y < 0 {
			return (f + 1) * s
		}
		return nearest(y) * s
	})
}

// FakeQuantFloat8 rounds x/s, limited to ±most, to a float with so many bits of mantissa and the least
// normal number given, half to even, and multiplies by s. NaN passes.
func FakeQuantFloat8(s, most, normal float32, mantissa uint32) EpilogueOp {
	return each(func(x float32) float32 {
		y := clamp(x/s, -most, most)
		place := max(math.Float32bits(y)&(0xff<<23), math.Float32bits(normal)) - mantissa<<23
		return nearest(y*math.Float32frombits(254<<23-place)) * math.Float32frombits(place) * s
	})
}

// FakeQuantLog2 takes the magnitude m·2^e, 1 ≤ m < 2, to values[j]·2^e, j being how many of the limits
// lie below m, within least and most, and gives it x's sign; a magnitude of at most tiny becomes 0. tiny
// and least are given for positive and for negative x. NaN passes.
func FakeQuantLog2(values [17]float32, limits [16]float32, tiny, least [2]float32, most float32) EpilogueOp {
	return each(func(x float32) float32 {
		sign := 0
		if x < 0 {
			sign = 1
		}
		a := abs(x)
		if a <= tiny[sign] || x != x {
			return x - x
		}
		bits := math.Float32bits(a)
		m, j := math.Float32frombits(bits&(1<<23-1)|127<<23), 0
		for _, l := range limits {
			if m > l {
				j++
			}
		}
		y := values[j] * math.Float32frombits(bits&(0xff<<23))
		return copysign(clamp(y, least[sign], most), x)
	})
}

func floor(x float32) float32 { return float32(math.Floor(float64(x))) }
