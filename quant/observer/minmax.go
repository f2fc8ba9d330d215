package observer

import "github.com/quantscope/quantscope/quant/scheme"

// minMax is MQBench's MinMaxObserver: the least and the greatest value of the whole calibration.
type minMax struct {
	span
	config Config
}

func newMinMax(c Config) Observer { return &minMax{newSpan(c.Channels), c} }

func (o *minMax) EndBatch() {}

func (o *minMax) Range() (lo, hi []float32) { return o.lo, o.hi }

func (o *minMax) Params() (scheme.QParams, error) {
	return o.config.Scheme.FromRange(o.lo, o.hi, o.config.Axis)
}
