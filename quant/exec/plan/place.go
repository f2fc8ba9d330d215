package plan

import (
	"container/heap"
	"math/bits"
	"slices"
)

// Buffer is a stretch of the arena that is live from step First to step Last.
type Buffer struct {
	Size        int
	First, Last int
	Addr        int // relative to the start of the activations
}

// NewBuffer adds a buffer that is live from step first to step last, and returns its index.
func (p *Plan) NewBuffer(size, first, last int) int {
	p.Buffers = append(p.Buffers, Buffer{Size: size, First: first, Last: last})
	return len(p.Buffers) - 1
}

// Align is the bytes to whose multiples addresses are rounded: a cache line, so that buffers do not share one.
const Align = 64

// RoundUp is the least multiple of to that is at least n.
func RoundUp(n, to int) int { return (n + to - 1) / to * to }

// fitted is how many buffers are fitted into gaps, each of which is compared with all others that are. What
// is smaller than so many others hardly counts, and networks of hundreds of thousands of nodes are planned
// in a time that grows with their number.
const fitted = 2048

// Place gives every buffer an address such that no two that are live at once overlap, and returns the
// bytes used.
func (p *Plan) Place() int {
	bufs := p.Buffers
	order := make([]int, len(bufs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return bufs[b].Size - bufs[a].Size })
	n := min(len(order), fitted)
	return recycle(bufs, order[n:], fit(bufs, order[:n]))
}

// fit places buffers in this order, the largest first, each at the lowest gap that it fits into: greedy by
// size, the usual heuristic. It returns the end of the last.
func fit(bufs []Buffer, order []int) int {
	var placed []int // sorted by address
	total := 0
	for _, i := range order {
		b := &bufs[i]
		at := 0
		for _, j := range placed {
			o := &bufs[j]
			if o.Last < b.First || b.Last < o.First {
				continue
			}
			if at+b.Size <= o.Addr {
				break
			}
			at = max(at, RoundUp(o.Addr+o.Size, Align))
		}
		b.Addr = at
		total = max(total, at+b.Size)
		k, _ := slices.BinarySearchFunc(placed, at, func(j, at int) int { return bufs[j].Addr - at })
		placed = slices.Insert(placed, k, i)
	}
	return RoundUp(total, Align)
}

// recycle places buffers from address total on, each where one of its size class lay that is dead, and
// returns the end of the last. A class is what has the same number of bits.
func recycle(bufs []Buffer, order []int, total int) int {
	slices.SortStableFunc(order, func(a, b int) int { return bufs[a].First - bufs[b].First })
	classes := map[int]*byEnd{}
	for _, i := range order {
		b := &bufs[i]
		class := bits.Len(uint(b.Size))
		if classes[class] == nil {
			classes[class] = &byEnd{}
		}
		used := classes[class]
		if len(*used) > 0 && (*used)[0].Last < b.First {
			b.Addr = heap.Pop(used).(*Buffer).Addr
		} else {
			b.Addr = total
			total += RoundUp(1<<class, Align)
		}
		heap.Push(used, b)
	}
	return total
}

// byEnd is a heap of buffers, that which is dead first on top.
type byEnd []*Buffer

func (h byEnd) Len() int           { return len(h) }
func (h byEnd) Less(i, j int) bool { return h[i].Last < h[j].Last }
func (h byEnd) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *byEnd) Push(b any)        { *h = append(*h, b.(*Buffer)) }
func (h *byEnd) Pop() any {
	old := *h
	b := old[len(old)-1]
	*h = old[:len(old)-1]
	return b
}
