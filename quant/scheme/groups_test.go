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

// Blocks of inputs within an output channel: every element once, with the scale of its channel and its block, whichever
// of the two axes comes first and whatever lies between and behind.
func TestBlocks(t *testing.T) {
	for _, c := range []struct {
		shape       []int
		axis, along int
	}{
		{[]int{3, 10}, 0, 1}, {[]int{10, 3}, 1, 0}, {[]int{3, 10, 2, 2}, 0, 1}, {[]int{10, 3, 2, 2}, 1, 0}, {[]int{2, 3, 10}, 1, 2}, {[]int{3, 2, 10}, 0, 2}, {[]int{3, 0}, 0, 1},
	} {
		for _, block := range []int{1, 4, 5, 10, 64} {
			p := scheme.QParams{Axis: c.axis, Block: block, Along: c.along}
			n := 1
			for _, d := range c.shape {
				n *= d
			}
			blocks := (c.shape[c.along] + block - 1) / block
			if p.Scales(c.shape) != blocks*c.shape[c.axis] {
				t.Errorf("%+v: %d scales", c, p.Scales(c.shape))
			}
			next := 0
			for at, run := range p.Groups(c.shape, n) {
				if run.From != next {
					t.Fatalf("%+v, blocks of %d: a run begins at %d, not %d", c, block, run.From, next)
				}
				for ; next < run.To; next++ {
					index := make([]int, len(c.shape))
					rest := next
					for i, d := range slices.Backward(c.shape) {
						index[i], rest = rest%d, rest/d
					}
					if want := index[c.axis]*blocks + index[c.along]/block; at != want {
						t.Fatalf("%+v, blocks of %d: element %v has scale %d, not %d", c, block, index, at, want)
					}
				}
			}
			if next != n {
				t.Errorf("%+v, blocks of %d: %d of %d elements", c, block, next, n)
			}
			for range p.Groups(c.shape, n) {
				break
			}
		}
	}
}
