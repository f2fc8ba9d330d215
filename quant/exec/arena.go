package exec

import (
	"container/heap"
	"math/bits"
	"slices"
)

// buffer is a stretch of the arena that is live from step first to step last.
type buffer struct {
	size        int
	first, last int
	addr        int // relative to the start of the activations
}

const align = 64 // bytes: a cache line, so that buffers do not share one

func roundUp(n, to int) int { return (n + to - 1) / to * to }

// fitted is how many buffers are fitted into gaps, each of which is compared with all others that are. What
// is smaller than so many others hardly counts, and networks of hundreds of thousands of nodes are planned
// in a time that grows with their number.
const fitted = 2048

// place gives every buffer an address such that no two that are live at once overlap, and returns the
// bytes used.
func place(bufs []buffer) int {
	order := make([]int, len(bufs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return bufs[b].size - bufs[a].size })
	n := min(len(order), fitted)
	return recycle(bufs, order[n:], fit(bufs, order[:n]))
}

// fit places buffers in this order, the largest first, each at the lowest gap that it fits into: greedy by
// size, the usual heuristic. It returns the end of the last.
func fit(bufs []buffer, order []int) int {
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

// recycle places buffers from address total on, each where one of its size class lay that is dead, and
// returns the end of the last. A class is what has the same number of bits.
func recycle(bufs []buffer, order []int, total int) int {
	slices.SortStableFunc(order, func(a, b int) int { return bufs[a].first - bufs[b].first })
	classes := map[int]*byEnd{}
	for _, i := range order {
		b := &bufs[i]
		class := bits.Len(uint(b.size))
		if classes[class] == nil {
			classes[class] = &byEnd{}
		}
		used := classes[class]
		if len(*used) > 0 && (*used)[0].last < b.first {
			b.addr = heap.Pop(used).(*buffer).addr
		} else {
			b.addr = total
			total += roundUp(1<<class, align)
		}
		heap.Push(used, b)
	}
	return total
}

// byEnd is a heap of buffers, that which is dead first on top.
type byEnd []*buffer

func (h byEnd) Len() int           { return len(h) }
func (h byEnd) Less(i, j int) bool { return h[i].last < h[j].last }
func (h byEnd) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *byEnd) Push(b any)        { *h = append(*h, b.(*buffer)) }
func (h *byEnd) Pop() any {
	old := *h
	b := old[len(old)-1]
	*h = old[:len(old)-1]
	return b
}
