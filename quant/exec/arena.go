package exec

import "slices"

// buffer is a stretch of the arena that is live from step first to step last.
type buffer struct {
	size        int
	first, last int
	addr        int // relative to the start of the activations
}

const align = 64 // bytes: a cache line, so that buffers do not share one

func roundUp(n, to int) int { return (n + to - 1) / to * to }

// place gives every buffer an address such that no two that are live at once overlap, and returns the
// bytes used. Largest first, each at the lowest gap that fits: greedy by size, the usual heuristic.
func place(bufs []buffer) int {
	order := make([]int, len(bufs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return bufs[b].size - bufs[a].size })
	var placed []int // sorted by address
	total := 0
	for _, i := range order {
		b := &bufs[i]
		at := 0
		for _, j := range placed {
			o := &bufs[j]
			if o.last < b.first || b.last < o.first {
				continue
			}
			if at+b.size <= o.addr {
				break
			}
			at = max(at, roundUp(o.addr+o.size, align))
		}
		b.addr = at
		total = max(total, at+b.size)
		k, _ := slices.BinarySearchFunc(placed, at, func(j, at int) int { return bufs[j].addr - at })
		placed = slices.Insert(placed, k, i)
	}
	return roundUp(total, align)
}
