package ref

import "math"

// RoundOp rounds every element to the nearest integer, half to even.
func RoundOp() EpilogueOp { return each(nearest) }

// FloorOp rounds every element down.
func FloorOp() EpilogueOp {
	return each(func(x float32) float32 { return float32(math.Floor(float64(x))) })
}

// CeilOp rounds every element up.
func CeilOp() EpilogueOp {
	return each(func(x float32) float32 { return float32(math.Ceil(float64(x))) })
}

// TruncOp rounds every element towards zero and limits it to [lo, hi]; NaN becomes 0, and -0 is 0.
func TruncOp(lo, hi float32) EpilogueOp {
	return each(func(x float32) float32 {
		if x != x {
			return 0
		}
		return clamp(float32(math.Trunc(float64(x)))+0, lo, hi)
	})
}

// SignOp makes of every element -1, 0 or 1; NaN stays NaN.
func SignOp() EpilogueOp {
	return each(func(x float32) float32 {
		if x != x {
			return x
		}
		return truth(x > 0) - truth(x < 0)
	})
}

// NonZeroOp makes of every element 1 where it is not zero, else 0; of NaN 1.
func NonZeroOp() EpilogueOp { return each(func(x float32) float32 { return truth(x != 0) }) }

// WithinOp makes of every element 1 where lo < x < hi, else 0; of NaN too.
func WithinOp(lo, hi float32) EpilogueOp {
	return each(func(x float32) float32 { return truth(lo < x && x < hi) })
}

// truth is 1 for what holds, else 0.
func truth(holds bool) float32 {
	if holds {
		return 1
	}
	return 0
}
