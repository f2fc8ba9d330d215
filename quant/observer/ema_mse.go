package observer

// emaMSE is EMAMSEObserver: the moving average over batches of the ranges the search takes.
type emaMSE struct {
	search
	average
}

func newEMAMSE(c Config) Observer { return &emaMSE{newSearch(c), newAverage(c.EMARatio)} }

func (o *emaMSE) EndBatch() {
	for c := range o.batch.lo {
		if !o.batch.empty(c) {
			lo, hi := o.best(c)
			o.take(o.found, c, lo, hi)
		}
	}
	o.reset()
}
