package ref

import "math"

// Equal is 1 where a = b, else 0; of NaN 0.
func Equal(a, b float32) float32 { return truth(a == b) }

// Less is 1 where a < b, else 0; of NaN 0.
func Less(a, b float32) float32 { return truth(a < b) }

// LessOrEqual is 1 where a ≤ b, else 0; of NaN 0.
func LessOrEqual(a, b float32) float32 { return truth(a <= b) }

// Keep is a where b is not zero, else +0.
func Keep(a, b float32) float32 {
	if b != 0 {
		return a
	}
	return 0
}

// Drop is a where b is zero, else +0.
func Drop(a, b float32) float32 {
	if b != 0 {
		return 0
	}
	return a
}

// Either has the bits of both a and b: where one of them is +0, it is the other.
func Either(a, b float32) float32 {
	return math.Float32frombits(math.Float32bits(a) | math.Float32bits(b))
}
