package observer

import "github.com/quantscope/quantscope/quant/scheme"

// minMaxFloor is MinMaxFloorObserver: the power of two of the last batch. For weights, which come in one.
type minMaxFloor struct {
	exponents
	seen     bool
	exponent int
}

func newMinMaxFloor(c Config) Observer { return &minMaxFloor{exponents: newExponents(c)} }

func (o *minMaxFloor) EndBatch() {
	if e, ok := o.best(); ok {
		o.exponent, o.seen = e, true
	}
}

func (o *minMaxFloor) Params() (scheme.QParams, error) {
	if !o.seen {
		return unseen(o.config), nil
	}
	return o.finish(o.exponent)
}
