package tflite

import (
	"errors"
	"fmt"
	"slices"
)

// stridedSlice is a slice as Python writes it. The masks say, for each entry, that it begins or ends at the edge
// whatever the number, is an ellipsis, a new axis, or one index whose axis goes.
func stridedSlice(n *node) {
	x := n.in(0)
	begin, end, step := n.list(1, "the beginning"), n.list(2, "the end"), n.list(3, "the strides")
	if n.err != nil {
		return
	}
	entries, rank := len(begin), len(x.shape)
	if len(end) != entries || len(step) != entries || entries > 2*rank+2 {
		n.fail(fmt.Errorf("beginning %v, end %v and strides %v do not go together", brief(begin), brief(end), brief(step)))
		return
	}
	if n.options.bool(5, false) {
		n.fail(errors.New("an end given as an offset is not supported"))
		return
	}
	set := func(slot, i int) bool { return n.options.int(slot, 0)>>i&1 == 1 }
	taken := 0 // entries that stand for an axis of the input
	for i := range entries {
		if !set(2, i) && !set(3, i) {
			taken++
		}
	}
	first, last, steps := make([]int, rank), slices.Repeat([]int{farEnd}, rank), slices.Repeat([]int{1}, rank)
	var put, gone []int // axes of the result before any goes
	axis, at := 0, 0    // of the input, and of the result with the new ones
	for i := range entries {
		switch {
		case set(2, i):
			skip := max(rank-taken, 0)
			axis, at = axis+skip, at+skip
			continue
		case set(3, i):
			put = append(put, at)
			at++
			continue
		}
		if axis >= rank {
			n.fail(fmt.Errorf("it has more entries than input %q %v has axes", x.name, x.shape))
			return
		}
		first[axis], last[axis], steps[axis] = begin[i], end[i], step[i]
		if step[i] == 0 {
			n.fail(errors.New("a stride is 0"))
			return
		}
		if set(0, i) {
			first[axis] = 0
			if step[i] < 0 {
				first[axis] = farEnd
			}
		}
		if set(1, i) {
			last[axis] = farEnd
			if step[i] < 0 {
				last[axis] = -farEnd
			}
		}
		if set(4, i) {
			first[axis], last[axis], steps[axis] = begin[i], begin[i]+1, 1
			if begin[i] == -1 {
				last[axis] = farEnd
			}
			gone = append(gone, at)
		}
		axis, at = axis+1, at+1
	}
	if len(put) == 0 && len(gone) == 0 {
		in, planar := n.layout(0)
		n.set(0, n.cut(n.first(in), inPlanar(first, planar), inPlanar(last, planar), inPlanar(steps, planar)), planar)
		return
	}
	y := n.cut(n.plain(0), first, last, steps)
	if len(put) > 0 {
		y = n.emit("Unsqueeze", []string{y, n.ints("new", put...)})
	}
	if len(gone) > 0 {
		y = n.emit("Squeeze", []string{y, n.ints("gone", gone...)})
	}
	n.set(0, y, false)
}

// brief keeps a list of a file printable.
func brief(list []int) []int { return list[:min(len(list), 9)] }
