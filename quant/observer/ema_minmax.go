package observer

// emaMinMax is MQBench's EMAMinMaxObserver: the moving average of the minimum and the maximum of each
// batch.
type emaMinMax struct {
	ranged
	average
}

func newEMAMinMax(c Config) Observer { return &emaMinMax{newRanged(c), newAverage(c.EMARatio)} }

func (o *emaMinMax) EndBatch() {
	for c := range o.batch.lo {
		if !o.batch.empty(c) {
			o.take(o.found, c, o.batch.lo[c], o.batch.hi[c])
		}
	}
	o.batch.reset()
}

// average is an exponential moving average over batches, v ← r·v + (1−r)·batch in float32. The first
// batch is copied; there is no bias correction.
type average struct{ past, recent float32 } // r and 1−r

func newAverage(ratio float32) average {
	r := decimal(ratio)
	return average{float32(r), float32(1 - r)}
}

// take averages a range into channel c of s.
func (a average) take(s span, c int, lo, hi float32) {
	if s.empty(c) {
		s.lo[c], s.hi[c] = lo, hi
		return
	}
	s.lo[c] = float32(s.lo[c]*a.past) + float32(lo*a.recent)
	s.hi[c] = float32(s.hi[c]*a.past) + float32(hi*a.recent)
}
