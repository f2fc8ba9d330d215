package ref

import "math"

// Level is one dimension that is reduced: N elements, Stride elements apart.
type Level struct{ N, Stride int }

// Sum nests one sum in another: the outermost level adds up, ascending and from +0, what the levels
// inside it give. That keeps the error of an image's mean near that of its longest row. The
// innermost level, if row is set, has stride 1 and is summed in four lanes from +0: element i by
// lane i%4, then (lane0 + lane1) + (lane2 + lane3).
func Sum(src []float32, at int, levels []Level, row bool) float32 {
	if len(levels) == 0 {
		return src[at]
	}
	l := levels[0]
	if row && len(levels) == 1 {
		return laneSum(src[at : at+l.N])
	}
	sum := float32(0)
	for i := range l.N {
		sum += Sum(src, at+i*l.Stride, levels[1:], row)
	}
	return sum
}

func laneSum(x []float32) float32 {
	var lanes [4]float32
	for i, v := range x {
		lanes[i%4] += v
	}
	return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3])
}

// Mean is Sum divided by the number of elements.
func Mean(src []float32, at int, levels []Level, row bool) float32 {
	return Sum(src, at, levels, row) / float32(Count(levels))
}

// Count is the number of elements of all levels.
func Count(levels []Level) int {
	n := 1
	for _, l := range levels {
		n *= l.N
	}
	return n
}

// Greatest is the maximum, -Inf of none; NaN wins, and -0 < +0, so that order does not matter.
func Greatest(src []float32, at int, levels []Level) float32 {
	return fold(src, at, levels, float32(math.Inf(-1)), Max)
}

// Least is the minimum, +Inf of none; see Greatest.
func Least(src []float32, at int, levels []Level) float32 {
	return fold(src, at, levels, float32(math.Inf(1)), Min)
}

func fold(src []float32, at int, levels []Level, start float32, f Binary) float32 {
	if len(levels) == 0 {
		return f(start, src[at])
	}
	for i := range levels[0].N {
		start = fold(src, at+i*levels[0].Stride, levels[1:], start, f)
	}
	return start
}
