package observer

import "math"

// span is a minimum and a maximum for each channel.
type span struct{ lo, hi []float32 }

// newSpan is the span of no value at all.
func newSpan(channels int) span {
	s := span{make([]float32, channels), make([]float32, channels)}
	s.reset()
	return s
}

func (s span) reset() {
	for c := range s.lo {
		s.lo[c], s.hi[c] = float32(math.Inf(1)), float32(math.Inf(-1))
	}
}

// Observe widens channel c by x; a NaN stays.
func (s span) Observe(c int, x []float32) {
	lo, hi := s.lo[c], s.hi[c]
	for _, v := range x {
		lo, hi = min(lo, v), max(hi, v)
	}
	s.lo[c], s.hi[c] = lo, hi
}

// ObserveRange widens channel c by a range.
func (s span) ObserveRange(c int, lo, hi float32) {
	s.lo[c], s.hi[c] = min(s.lo[c], lo), max(s.hi[c], hi)
}

// empty tells whether channel c has seen nothing.
func (s span) empty(c int) bool {
	return math.IsInf(float64(s.lo[c]), 1) && math.IsInf(float64(s.hi[c]), -1)
}
