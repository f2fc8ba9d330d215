package scheme_test

import (
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/scheme"
)

// Every element is in one run, in the order of memory, with the scale of its index along the axis.
func TestGroups(t *testing.T) {
	for _, shape := range [][]int{{4}, {2, 3}, {2, 3, 5}, {1, 3, 2, 2}, {3, 0, 2}} {
		n := 1
		for _, d := range shape {
			n *= d
		}
		for axis := -1; axis < len(shape); axis++ {
			next := 0
			for c, run := range (scheme.QParams{Axis: axis}).Groups(shape, n) {
				if run.From != next {
					t.Errorf("%v, axis %d: a run begins at %d, not %d", shape, axis, run.From, next)
				}
				for next < run.To {
					want, rest := 0, next
					for i, d := range slices.Backward(shape) {
						if i == axis {
							want = rest % d
						}
						rest /= d
					}
					if c != want {
						t.Errorf("%v, axis %d: element %d has scale %d, not %d", shape, axis, next, c, want)
					}
					next++
				}
			}
			if next != n {
				t.Errorf("%v, axis %d: %d of %d elements", shape, axis, next, n)
			}
		}
	}
	for range scheme.Channels([]int{2, 2}, 0) {
		break
	}
}
