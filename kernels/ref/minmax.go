package ref

import "math"

// ResetMinMax makes lanes, four minima and four maxima, those of no value at all.
func ResetMinMax(lanes []float32) {
	for i := range 4 {
		lanes[i], lanes[4+i] = float32(math.Inf(1)), float32(math.Inf(-1))
	}
}

// MinMax leaves the strip as it is and widens lanes by it: element i by lane i%4, the last len%4
// elements by every lane. NaN wins, and -0 < +0 (f32x4.min, f32x4.max), so that the folded result
// does not depend on the order of strips or on which thread saw them.
func MinMax(lanes []float32) EpilogueOp {
	return func(strip []float32) {
		whole := len(strip) &^ 3
		for i, x := range strip[:whole] {
			lanes[i%4] = min(lanes[i%4], x)
			lanes[4+i%4] = max(lanes[4+i%4], x)
		}
		for _, x := range strip[whole:] {
			for i := range 4 {
				lanes[i] = min(lanes[i], x)
				lanes[4+i] = max(lanes[4+i], x)
			}
		}
	}
}

// FoldMinMax reduces the lanes of all threads, eight floats each.
func FoldMinMax(lanes []float32) (lo, hi float32) {
	lo, hi = float32(math.Inf(1)), float32(math.Inf(-1))
	for i, x := range lanes {
		if i%8 < 4 {
			lo = min(lo, x)
		} else {
			hi = max(hi, x)
		}
	}
	return lo, hi
}
