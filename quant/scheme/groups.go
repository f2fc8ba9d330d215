package scheme

import "iter"

// Run is a stretch of elements in the order of memory, From until before To.
type Run struct{ From, To int }

// Groups goes over a tensor of n elements and this shape, C order, in runs that share a scale, each with that
// scale's index: the whole tensor, where shape does not matter, or what has one index along Axis.
func (p QParams) Groups(shape []int, n int) iter.Seq2[int, Run] {
	return func(yield func(int, Run) bool) {
		if p.Axis < 0 {
			yield(0, Run{0, n})
			return
		}
		for c, run := range Channels(shape, p.Axis) {
			if !yield(c, run) {
				return
			}
		}
	}
}

// Channels goes over a C-order tensor in runs of elements that have one index along axis, each with that
// index, in the order of memory.
func Channels(shape []int, axis int) iter.Seq2[int, Run] {
	outer, inner := 1, 1
	for i, d := range shape {
		if i < axis {
			outer *= d
		} else if i > axis {
			inner *= d
		}
	}
	return func(yield func(int, Run) bool) {
		for from := 0; from < outer*shape[axis]*inner; from += inner {
			if !yield(from/inner%shape[axis], Run{from, from + inner}) {
				return
			}
		}
	}
}
