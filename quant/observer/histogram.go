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

// add counts values within reach.
func (h *histogram) add(x []float32) {
	h.n += int64(len(x))
	if h.width == noWidth {
		h.counts[0][0] += int64(len(x))
		return
	}
	inverse := math.Ldexp(1, -h.width)
	for _, v := range x {
		side, a := 0, float64(v)
		if v < 0 {
			side, a = 1, -a
		}
		h.counts[side][int(a*inverse)]++
	}
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

func (o *counting) Observe(_ int, x []float32) {
	if o.bad = o.check() != nil; o.bad {
		return
	}
	o.hist.reach(max(-o.all.lo[0], o.all.hi[0]))
	o.hist.add(x)
}

func (o *counting) EndBatch() { o.batch.reset() }
