package observer

// minMax is MQBench's MinMaxObserver: the least and the greatest value of the whole calibration.
type minMax struct{ ranged }

func newMinMax(c Config) Observer { return &minMax{newRanged(c)} }

func (o *minMax) EndBatch() {
	for c := range o.batch.lo {
		o.found.widen(c, o.batch.lo[c], o.batch.hi[c])
	}
	o.batch.reset()
}
