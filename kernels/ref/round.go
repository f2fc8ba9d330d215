package ref

// RoundOp rounds every element to the nearest integer, half to even.
func RoundOp() EpilogueOp { return each(nearest) }

// WithinOp makes of every element 1 where lo < x < hi, else 0; of NaN too.
func WithinOp(lo, hi float32) EpilogueOp {
	return each(func(x float32) float32 {
		if lo < x && x < hi {
			return 1
		}
		return 0
	})
}
