package observer

import (
	"math"
	"strconv"

	"github.com/quantscope/quantscope/quant/scheme"
)

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

// widen takes a range into channel c; a NaN stays.
func (s span) widen(c int, lo, hi float32) {
	s.lo[c], s.hi[c] = min(s.lo[c], lo), max(s.hi[c], hi)
}

// empty tells whether channel c has seen nothing.
func (s span) empty(c int) bool {
	return math.IsInf(float64(s.lo[c]), 1) && math.IsInf(float64(s.hi[c]), -1)
}

// Of is the minimum and maximum of values; a NaN among them makes both NaN. It compares them as integers in their order, which
// takes no branches: see squaredError.
func Of(x []float32) (lo, hi float32) {
	least, most := ordinal(float32(math.Inf(1))), ordinal(float32(math.Inf(-1)))
	for _, v := range x {
		k := ordinal(v)
		least, most = min(least, k), max(most, k)
	}
	lo, hi = ofOrdinal(least), ofOrdinal(most)
	if lo != lo || hi != hi {
		lo, hi = float32(math.NaN()), float32(math.NaN())
	}
	return lo, hi
}

// ordinal is an integer for each float32, in their order: −0 before +0, NaN at both ends.
func ordinal(v float32) int32 {
	b := int32(math.Float32bits(v))
	return b ^ int32(uint32(b>>31)>>1)
}

func ofOrdinal(k int32) float32 { return math.Float32frombits(uint32(k ^ int32(uint32(k>>31)>>1))) }

// ranged is what every observer has: its configuration, the range of the current batch, complete
// before the values come, and the range it has come to.
type ranged struct {
	config Config
	batch  span
	found  span
	all    span // of everything, so that a broken value is never forgotten
}

func newRanged(c Config) ranged {
	return ranged{c, newSpan(c.Channels), newSpan(c.Channels), newSpan(c.Channels)}
}

func (o *ranged) ObserveRange(c int, lo, hi float32) {
	o.batch.widen(c, lo, hi)
	o.all.widen(c, lo, hi)
}

func (o *ranged) Range() (lo, hi []float32) { return o.found.lo, o.found.hi }

// check is the error of a value that is no number or infinite.
func (o *ranged) check() error {
	_, err := scheme.QScheme{Bits: 8, Symmetric: true}.FromRange(o.all.lo, o.all.hi, o.config.Axis)
	return err
}

// Params are of the range found.
func (o *ranged) Params() (scheme.QParams, error) {
	if err := o.check(); err != nil {
		return scheme.QParams{}, err
	}
	return o.config.fromRange(o.found.lo, o.found.hi, o.config.Axis)
}

// fromRange is FromRange in the reading that is asked for.
func (c Config) fromRange(lo, hi []float32, axis int) (scheme.QParams, error) {
	if c.Exact {
		return c.Scheme.MQBenchRange(lo, hi, axis)
	}
	return c.Scheme.FromRange(lo, hi, axis)
}

// decimal reads a float32 at its shortest decimal, which is what PyTorch, having it as a double, means:
// 1−0.9 rounds to the float32 next to 0.1, and one minus the float32 next to 0.9 would be another number.
func decimal(x float32) float64 {
	d, _ := strconv.ParseFloat(strconv.FormatFloat(float64(x), 'g', -1, 32), 64)
	return d
}

// or is x, or its default where it is zero.
func or(x float32, otherwise float64) float64 {
	if x == 0 {
		return otherwise
	}
	return decimal(x)
}

// rint rounds half to even.
func rint(x float32) float32 { return float32(math.RoundToEven(float64(x))) }
