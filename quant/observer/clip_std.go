package observer

// clipStd is ClipStdObserver: the range from mean − k·σ to mean + k·σ, k = 2.6. As in the paper it
// comes from (DSQ), it clips: within the extremes, over the whole calibration. [Q] MQBench instead takes
// whichever is wider, those bounds or the extremes, and of the last batch alone.
type clipStd struct {
	ranged
	channels   []moments
	deviations float32
}

func newClipStd(c Config) Observer {
	return &clipStd{newRanged(c), make([]moments, c.Channels), float32(or(c.Deviations, 2.6))}
}

func (o *clipStd) Observe(c int, x []float32) { o.channels[c].add(x) }

func (o *clipStd) EndBatch() {
	for c := range o.channels {
		if o.batch.empty(c) {
			continue
		}
		mean, reach := float32(o.channels[c].mean), float32(o.deviations*float32(o.channels[c].deviation()))
		if o.config.Exact {
			o.found.lo[c], o.found.hi[c] = min(mean-reach, o.batch.lo[c]), max(mean+reach, o.batch.hi[c])
			o.channels[c] = moments{}
		} else {
			o.found.lo[c], o.found.hi[c] = max(mean-reach, o.all.lo[c]), min(mean+reach, o.all.hi[c])
		}
	}
	o.batch.reset()
}
