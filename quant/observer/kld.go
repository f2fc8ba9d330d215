package observer

import (
	"math"

	"github.com/quantscope/quantscope/quant/scheme"
)

// kld is the KLDObserver of Sophgo's fork of MQBench, which is PyTorch's HistogramObserver: a histogram
// of 2048 bins that is resampled as the range grows, and a search that narrows it from whichever end
// has the fewer values while the estimated squared error falls. There is no divergence in it.
// [Q] PyTorch 1.13 counts only between the range cut to whole numbers, and reckons the error for 256
// levels whatever the number of codes.
type kld struct {
	ranged
	bins   []float64 // so far, over [found.lo, found.hi]
	batchy []float64 // of the batch, over [from, to]
	next   grown
	ready  bool // batchy and next are those of the batch
}

// grown is the range of the histogram once it takes in a batch.
type grown struct {
	lo, hi     float32
	from, to   float32 // what is counted
	fresh      bool    // nothing before it
	samples    int     // bins of the new to kldUpsample·len(bins) of the old
	start      int     // where the old begins in them
	sameRanges bool
}

const (
	kldBins     = 2048
	kldUpsample = 128
	kldLevels   = 256  // [Q]
	kldStep     = 1e-5 // share of the values by which the search moves

	kldMostSamples = 1 << 40 // of a bin
)

func newKLD(c Config) Observer {
	n := binsOr(c.Bins, kldBins)
	return &kld{ranged: newRanged(c), bins: make([]float64, n), batchy: make([]float64, n)}
}

func (o *kld) Observe(_ int, x []float32) {
	if o.check() != nil {
		return
	}
	if !o.ready {
		o.next, o.ready = o.grow(), true
		clear(o.batchy)
	}
	for _, v := range x {
		if i := bin(v, o.next.from, o.next.to, len(o.batchy)); i >= 0 {
			o.batchy[i]++
		}
	}
}

// grow finds the range for the batch, as _adjust_min_max does: a whole number of samples to a bin,
// widened above only.
func (o *kld) grow() grown {
	lo, hi := o.batch.lo[0], o.batch.hi[0]
	old, top := o.found.lo[0], o.found.hi[0]
	g := grown{lo: lo, hi: hi, fresh: o.found.empty(0) || old == top}
	if !g.fresh {
		lo, hi = min(lo, old), max(hi, top)
		n := float32(len(o.bins))
		width := (top - old) / (n * kldUpsample)
		ratio := math.Ceil(float64((hi - lo) / float32(n*width)))
		g.samples, g.lo, g.hi = kldMostSamples, lo, hi // the old range is next to nothing
		if ratio < kldMostSamples {
			g.samples, g.start = int(ratio), int(rint((old-lo)/width))
			g.hi += float32(float32(g.samples)*float32(n*width)) - (hi - lo)
		}
		g.sameRanges = g.lo == old && g.hi == top
	}
	g.from, g.to = g.lo, g.hi
	if o.config.Exact {
		g.from, g.to = float32(math.Trunc(float64(g.lo))), float32(math.Trunc(float64(g.hi)))
	}
	if g.from == g.to { // as torch.histc has it
		if g.from, g.to = o.batch.lo[0], o.batch.hi[0]; g.from == g.to {
			g.from, g.to = g.from-1, g.to+1
		}
	}
	return g
}

func (o *kld) EndBatch() {
	if o.ready {
		if !o.next.fresh && !o.next.sameRanges {
			resample(o.batchy, o.bins, o.next.samples, o.next.start, o.config.Exact)
		} else if !o.next.fresh {
			for i, n := range o.bins {
				o.batchy[i] += n
			}
		}
		o.bins, o.batchy = o.batchy, o.bins
		o.found.lo[0], o.found.hi[0] = o.next.lo, o.next.hi
	}
	o.ready = false
	o.batch.reset()
}

// resample adds old, whose every bin is kldUpsample samples, to sum, whose bins are so many samples
// each, old beginning at sample start. Each share is rounded to float32. PyTorch lays the samples out,
// which takes as much memory as the range has grown; this reckons their integral. [Q] PyTorch takes the
// integral up to a bin from that up to the next after rounding it to float32.
func resample(sum, old []float64, samples, start int, exact bool) {
	before := make([]float64, len(old)+1) // values in the bins before
	for i, n := range old {
		before[i+1] = before[i] + n
	}
	integral := func(at int) float64 { // of the first at samples of the new range
		at = min(max(at-start, 0), kldUpsample*len(old))
		whole, rest := at/kldUpsample, at%kldUpsample
		if rest == 0 {
			return before[whole]
		}
		return before[whole] + old[whole]*float64(rest)/kldUpsample
	}
	last := 0.0
	for i := range sum {
		now := integral((i + 1) * samples)
		sum[i] += float64(float32(now - last))
		if last = now; exact {
			last = float64(float32(now*kldUpsample)) / kldUpsample
		}
	}
}

func (o *kld) Params() (scheme.QParams, error) {
	if err := o.check(); err != nil {
		return scheme.QParams{}, err
	}
	lo, hi := o.search()
	return o.config.fromRange([]float32{lo}, []float32{hi}, -1)
}

// search is _non_linear_param_search.
func (o *kld) search() (lo, hi float32) {
	if o.found.empty(0) {
		return o.found.lo[0], o.found.hi[0]
	}
	n := len(o.bins)
	width := (o.found.hi[0] - o.found.lo[0]) / float32(n)
	upTo, total := make([]float64, n), 0.0
	for i, c := range o.bins {
		total += c
		upTo[i] = total
	}
	alpha, beta := 0.0, 1.0
	start, end, least := 0, n-1, math.Inf(1)
	for alpha < beta {
		l, r := start, end
		for l < end && upTo[l] < (alpha+kldStep)*total {
			l++
		}
		for r > start && upTo[r] > (beta-kldStep)*total {
			r--
		}
		nextStart, nextEnd := start, end
		if l-start > end-r {
			nextStart, alpha = l, alpha+kldStep
		} else {
			nextEnd, beta = r, beta-kldStep
		}
		if nextStart == start && nextEnd == end {
			continue
		}
		e := o.squares(nextStart, nextEnd)
		if e > least {
			break
		}
		least, start, end = e, nextStart, nextEnd
	}
	return o.found.lo[0] + float32(width*float32(start)), o.found.lo[0] + float32(width*float32(end+1))
}

// squares is the squared error of quantizing to the range of bins start to end, the values of a bin
// spread evenly over it.
func (o *kld) squares(start, end int) float64 {
	levels := float64(kldLevels)
	if !o.config.Exact {
		qmin, qmax := o.config.Scheme.Range()
		levels = float64(qmax-qmin) + 1
	}
	width := (float64(o.found.hi[0]) - float64(o.found.lo[0])) / float64(len(o.bins))
	level := width * float64(end-start+1) / levels
	if level == 0 {
		return 0
	}
	third := func(from, to float64) float64 {
		return (float64(float64(to*to)*to) - float64(float64(from*from)*from)) / 3
	}
	sum := 0.0
	for i, n := range o.bins {
		begin := float64(float64(i-start) * width)
		to := begin + width
		first := min(max(math.Floor(begin/level), 0), levels-1)
		last := min(max(math.Floor(to/level), 0), levels-1)
		density := n / width
		norm := third(begin-float64((first+0.5)*level), level/2)
		norm += float64((last - first - 1) * third(-level/2, level/2))
		norm += third(-level/2, to-float64((last+0.5)*level))
		sum += float64(density * norm)
	}
	return sum
}
