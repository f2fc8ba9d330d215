package observer

// movingWeight is PyTorch's averaging_constant.
const movingWeight = 0.01

// movingAverage is PyTorch's MovingAverageMinMaxObserver and, with an axis, its per-channel sister:
// v ← v + 0.01·(batch − v) in float32; the first batch is copied.
type movingAverage struct{ ranged }

func newMovingAverage(c Config) Observer { return &movingAverage{newRanged(c)} }

func (o *movingAverage) EndBatch() {
	for c := range o.batch.lo {
		lo, hi := o.batch.lo[c], o.batch.hi[c]
		switch {
		case o.batch.empty(c):
		case o.found.empty(c):
			o.found.lo[c], o.found.hi[c] = lo, hi
		default:
			o.found.lo[c] += float32(movingWeight * (lo - o.found.lo[c]))
			o.found.hi[c] += float32(movingWeight * (hi - o.found.hi[c]))
		}
	}
	o.batch.reset()
}
