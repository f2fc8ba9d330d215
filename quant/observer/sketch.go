package observer

import (
	"math"

	"github.com/quantscope/quantscope/quant/scheme"
)

// sketch is what a search knows of a batch before it looks at the values: their number, sum and sum of
// squares in each bin of a histogram. From it follow bounds of the error of every candidate, so that
// the values need to be quantized for those few only that may be the best.
type sketch struct {
	width int // exponent of a bin's width
	sides [2][]cell
	most  float32 // |x| that there is room for
}

// cell are the values of one bin.
type cell struct{ n, sum, squares float64 }

const (
	sketchBins = 8192 // of a side
	// sketchMargin is what float32 may add to the errors beside their bounds: of codes of up to 8 bits
	// it is far less.
	sketchMargin = 1e-3
	sketchBits   = 8
)

func newSketch() *sketch { return &sketch{width: noWidth} }

func (k *sketch) reset() {
	*k = sketch{width: noWidth, sides: k.sides}
	clear(k.sides[0])
	clear(k.sides[1])
}

// add counts finite values.
func (k *sketch) add(x []float32) {
	lo, hi := Of(x)
	if lo < 0 && k.sides[1] == nil {
		k.sides[1] = make([]cell, sketchBins)
	}
	if k.sides[0] == nil {
		k.sides[0] = make([]cell, sketchBins)
	}
	k.reach(max(-lo, hi))
	if k.width == noWidth {
		k.sides[0][0].n += float64(len(x))
		return
	}
	inverse := math.Ldexp(1, -k.width)
	for _, v := range x {
		side, f := k.sides[0], float64(v)
		a := f
		if f < 0 {
			side, a = k.sides[1], -f
		}
		c := &side[int(a*inverse)]
		c.n++
		c.sum += f
		c.squares += float64(f * f)
	}
}

// reach makes room for magnitudes up to most, putting neighbouring bins together.
func (k *sketch) reach(most float32) {
	if most <= k.most {
		return
	}
	_, e := math.Frexp(float64(most)) // most < 2^e
	need := e - floorLog2(sketchBins)
	if k.width == noWidth {
		k.width = need
	}
	for ; k.width < need; k.width++ {
		for _, side := range k.sides {
			for i := range len(side) / 2 {
				a, b := side[2*i], side[2*i+1]
				side[i] = cell{a.n + b.n, a.sum + b.sum, a.squares + b.squares}
			}
			clear(side[len(side)/2:])
		}
	}
	k.most = math.Nextafter32(float32(math.Ldexp(1, e)), 0)
}

// bounds are below and above the sum of |x̂ − x|^power for one scale, power ≥ 1.
func (k *sketch) bounds(p *scheme.QParams, power float64) (lower, upper float64) {
	width := 0.0
	if k.width != noWidth {
		width = math.Ldexp(1, k.width)
	}
	for side, sign := range []float64{1, -1} {
		for i, c := range k.sides[side] {
			if c.n > 0 {
				a, b := sign*float64(i)*width, sign*float64(i+1)*width
				l, u := c.bounds(p, power, min(a, b), max(a, b))
				lower, upper = lower+l, upper+u
			}
		}
	}
	return lower, upper
}

// bounds are those of one bin, from a to b.
func (c cell) bounds(p *scheme.QParams, power, a, b float64) (lower, upper float64) {
	s, z := float64(p.Scale[0]), float64(p.ZeroPoint[0])
	code := func(x float64) float64 {
		return min(max(math.RoundToEven(x/s), float64(p.QMin)-z), float64(p.QMax)-z)
	}
	first, last := code(a), code(b)
	low, high := c.to(first*s, power, a, b)
	switch {
	case first == last:
		return low, high
	case last == first+1: // what lies beyond the limit gains from the other code
		otherLow, otherHigh := c.to(last*s, power, a, b)
		gain := c.n * max(0, raise(b-first*s, power)-raise(b-last*s, power))
		otherGain := c.n * max(0, raise(a-last*s, power)-raise(a-first*s, power))
		return max(low-gain, otherLow-otherGain, 0), min(high, otherHigh)
	}
	return 0, c.n * raise(max(s, b-a), power) // bins wider than a step
}

// to are the bounds where all values go to q: f(x) = |x − q|^p lies within its tangent at their mean and
// its curvature, the least and the greatest there is between a and b.
func (c cell) to(q, power, a, b float64) (lower, upper float64) {
	mean := c.sum / c.n
	spread := max(c.squares-float64(c.sum*mean), 0)
	f := c.n * raise(mean-q, power)
	near, far := max(a-q, q-b, 0), max(b-q, q-a)
	curve := func(d float64) float64 { return power * (power - 1) / 2 * raise(d, power-2) }
	switch {
	case power == 2:
		return f + spread, f + spread
	case power > 2:
		return f + curve(near)*spread, f + curve(far)*spread
	case near > 0:
		return f + curve(far)*spread, f + curve(near)*spread
	}
	return f, c.n * raise(far, power)
}

// raise is |d|^power.
func raise(d, power float64) float64 {
	switch d = math.Abs(d); {
	case power == 2:
		return d * d
	case d == 0:
		return 0
	}
	return math.Exp(power * math.Log(d)) // bounds need not be the same bits everywhere: they have a margin
}
