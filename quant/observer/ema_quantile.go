package observer

// emaQuantile is EMAQuantileObserver: of each batch the magnitude below which the share threshold of
// the values lies, 0.99999, to the middle of a bin of a histogram of magnitudes with 2048 bins from 0
// to the greatest; the batch's extremes are limited to it and averaged. For one scale per tensor.
type emaQuantile struct {
	ranged
	average
	threshold float64
	counts    []int64
	n         int64
}

const (
	quantileThreshold = 0.99999
	quantileBins      = 2048
)

func newEMAQuantile(c Config) Observer {
	return &emaQuantile{
		ranged: newRanged(c), average: newAverage(c.EMARatio),
		threshold: or(c.Threshold, quantileThreshold), counts: make([]int64, binsOr(c.Bins, quantileBins)),
	}
}

func binsOr(bins, otherwise int) int {
	if bins == 0 {
		return otherwise
	}
	return bins
}

func (o *emaQuantile) Observe(_ int, x []float32) {
	most := o.most()
	for _, v := range x {
		if i := bin(abs(v), 0, most, len(o.counts)); i >= 0 {
			o.counts[i]++
		}
	}
	o.n += int64(len(x))
}

// most is the greatest magnitude of the batch.
func (o *emaQuantile) most() float32 { return max(-o.batch.lo[0], o.batch.hi[0]) }

// bin is torch.histc's bin of x among n from lo to hi, float32 operations; hi falls in the last; −1
// outside.
func bin(x, lo, hi float32, n int) int {
	if !(lo <= x && x <= hi) {
		return -1
	}
	return min(int(float32((x-lo)*float32(n))/(hi-lo)), n-1)
}

func (o *emaQuantile) EndBatch() {
	if o.batch.empty(0) {
		return
	}
	clip, total := o.most(), int64(0)
	for i, n := range o.counts {
		if total += n; float64(total) >= o.threshold*float64(o.n) {
			clip = float32((float32(i) + 0.5) * (o.most() / float32(len(o.counts))))
			break
		}
	}
	o.take(o.found, 0, max(o.batch.lo[0], -clip), min(o.batch.hi[0], clip))
	o.batch.reset()
	clear(o.counts)
	o.n = 0
}
