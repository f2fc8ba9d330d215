package observer

import "github.com/quantscope/quantscope/quant/scheme"

// poTMode is PoTModeObserver: each batch votes for its power of two, and the one with most votes is
// taken, of equals the largest scale. [Q] MQBench counts in 20 places from 2^7 down to 2^−12; where a
// scale is larger still it wraps around, and beyond that raises.
type poTMode struct {
	exponents
	votes [256]int // of exponent e at e + exponentOffset: every float32 has its place
	seen  bool
}

const (
	exponentOffset  = 160
	mqbenchPlaces   = 20
	mqbenchExponent = 7 // of the first place
)

func newPoTMode(c Config) Observer { return &poTMode{exponents: newExponents(c)} }

func (o *poTMode) EndBatch() {
	if e, ok := o.best(); ok {
		if o.config.Exact && e < -mqbenchExponent {
			e += mqbenchPlaces
		}
		o.votes[e+exponentOffset]++
		o.seen = true
	}
}

func (o *poTMode) Params() (scheme.QParams, error) {
	if !o.seen {
		return unseen(o.config), nil
	}
	best := 0
	for i, n := range o.votes {
		if n > o.votes[best] {
			best = i
		}
	}
	return o.finish(best - exponentOffset)
}
