package observer

import "github.com/quantscope/quantscope/quant/scheme"

// percentile gives the range that leaves out at most the share 1 − threshold of all values at each
// end, 0.9999 by default, to the outer edge of a histogram's bin and within the extremes.
type percentile struct{ counting }

const (
	percentileThreshold = 0.9999
	histogramBins       = 4096
)

func newPercentile(c Config) Observer { return &percentile{newCounting(c, histogramBins)} }

func (o *percentile) Params() (scheme.QParams, error) {
	if o.hist.n > 0 {
		o.found.lo[0] = max(-o.end(1), o.all.lo[0])
		o.found.hi[0] = min(o.end(0), o.all.hi[0])
		if o.found.lo[0] > o.found.hi[0] { // a threshold of nearly nothing
			o.found.lo[0], o.found.hi[0] = 0, 0
		}
	}
	return o.ranged.Params()
}

// end is how far the range goes on a side, negative where the values outside it already begin on the
// other.
func (o *percentile) end(side int) float32 {
	beyond := (1 - or(o.config.Threshold, percentileThreshold)) * float64(o.hist.n)
	sum := int64(0)
	for i := o.hist.bins - 1; i >= 0; i-- {
		if sum += o.hist.counts[side][i]; float64(sum) > beyond {
			return float32(float64(i+1) * o.hist.step())
		}
	}
	for i := range o.hist.bins {
		if sum += o.hist.counts[1-side][i]; float64(sum) > beyond {
			return -float32(float64(i) * o.hist.step())
		}
	}
	return 0
}
