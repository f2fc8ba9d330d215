package observer

import "math"

// histogram counts the values of a whole calibration in bins of one width, a power of two, on both
// sides of zero. Where a value lies beyond the last bin, neighbouring bins are put together until it
// does not, so that the counts do not depend on the order of the values, and between half and all of
// the bins of the wider side are in use.
type histogram struct {
	bins   int // of a side, even
	width  int // its exponent
	counts [2][]int64
	n      int64
}

const noWidth = math.MinInt32

func newHistogram(bins int) *histogram {
	return &histogram{bins: bins, width: noWidth, counts: [2][]int64{make([]int64, bins), make([]int64, bins)}}
}

// reach makes room for magnitudes up to most, which is finite.
func (h *histogram) reach(most float32) {
	if most == 0 {
		return
	}
	_, e := math.Frexp(float64(most)) // most < 2^e
	need := e - floorLog2(float32(h.bins))
	if h.width == noWidth {
		h.width = need
	}
	for ; h.width < need; h.width++ {
		for _, side := range h.counts {
			for i := range h.bins / 2 {
				side[i] = side[2*i] + side[2*i+1]
			}
			clear(side[h.bins/2:])
		}
	}
}

// add counts values, and makes room for them; false if one is not finite.
func (h *histogram) add(x []float32) bool {
	h.n += int64(len(x))
	limit, inverse := h.step()*float64(h.bins), math.Ldexp(1, -h.width)
	for _, v := range x {
		side, a := 0, float64(v)
		if v < 0 {
			side, a = 1, -a
		}
		if !(a < limit) {
			if a == 0 { // nothing but zeros so far
				h.counts[0][0]++
				continue
			}
			if !(a <= math.MaxFloat32) {
				return false
			}
			h.reach(float32(a))
			limit, inverse = h.step()*float64(h.bins), math.Ldexp(1, -h.width)
		}
		h.counts[side][int(a*inverse)]++
	}
	return true
}

// step is the width of a bin.
func (h *histogram) step() float64 {
	if h.width == noWidth {
		return 0
	}
	return math.Ldexp(1, h.width)
}

// counting is what the observers of a whole calibration's histogram share. For one scale per tensor.
type counting struct {
	ranged
	hist *histogram
	bad  bool // a value is not finite, nothing is counted any more
}

func newCounting(c Config, bins int) counting {
	return counting{ranged: newRanged(c), hist: newHistogram(binsOr(c.Bins, bins))}
}

// Count needs no range before the values.
func (o *counting) Count(_ int, x []float32) { o.bad = o.bad || !o.hist.add(x) }

func (o *counting) EndBatch() { o.batch.reset() }
