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

// add counts values, and makes room for them; false if one is not finite. A branch is what takes long in Go's WebAssembly:
// there is none for a value.
func (h *histogram) add(x []float32) bool {
	h.n += int64(len(x))
	most := magnitude(x)
	if most > math.MaxFloat32 || most != most {
		return false
	}
	if h.reach(most); h.width == noWidth { // nothing but zeros so far
		h.counts[0][0] += int64(len(x))
		return true
	}
	inverse := math.Ldexp(1, -h.width)
	sides := [2][]int64{h.counts[0][:h.bins], h.counts[1][:h.bins]}
	for _, v := range x {
		bits := math.Float32bits(v + 0) // -0 is 0
		a := math.Float32frombits(bits &^ signBit)
		sides[bits>>31][int(float64(a)*inverse)]++
	}
	return true
}

const signBit = 1 << 31

// magnitude is the largest of x without their signs; NaN if one is. Bits of such numbers are in the order of the numbers.
func magnitude(x []float32) float32 {
	var m [4]uint32
	k := 0
	for ; k+4 <= len(x); k += 4 {
		x := (*[4]float32)(x[k:])
		m[0] = max(m[0], math.Float32bits(x[0])&^signBit)
		m[1] = max(m[1], math.Float32bits(x[1])&^signBit)
		m[2] = max(m[2], math.Float32bits(x[2])&^signBit)
		m[3] = max(m[3], math.Float32bits(x[3])&^signBit)
	}
	for _, v := range x[k:] {
		m[0] = max(m[0], math.Float32bits(v)&^signBit)
	}
	return math.Float32frombits(max(m[0], m[1], m[2], m[3]))
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
