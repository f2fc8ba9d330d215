package ref

import "math"

// Softmax is e^(x-max), by ExpNeg, over its sum, for one row. The maximum lets NaN win; the sum goes by four
// lanes as in Sum.
func Softmax(dst, src []float32) {
	top := float32(math.Inf(-1))
	for _, x := range src {
		top = max(top, x)
	}
	for i, x := range src {
		dst[i] = ExpNeg(x - top)
	}
	sum := laneSum(dst[:len(src)])
	for i := range src {
		dst[i] /= sum
	}
}
