package observer

import (
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/portable"
	"github.com/quantscope/quantscope/quant/scheme"
)

// entropy gives the range [−T, T], within the extremes, for which the distribution of magnitudes and
// its quantized self are nearest in the sense of Kullback and Leibler, as TensorRT chooses it. For each
// T that is a whole number of bins to a level: P is the histogram up to T with all that lies beyond put
// into its last bin; Q has the counts up to T of each level spread evenly over those of its bins that
// are not empty in P; Σ P·log(P/Q) decides, the smallest T of equals. The first bin counts as its
// neighbour does: most of its values are zeros, which any scale has.
type entropy struct{ counting }

func newEntropy(c Config) Observer { return &entropy{newCounting(c, histogramBins)} }

func (o *entropy) Params() (scheme.QParams, error) {
	if err := o.check(); err != nil {
		return scheme.QParams{}, err
	}
	if o.hist.n > 0 {
		t := float32(float64(o.bins()) * o.hist.step())
		o.found.lo[0], o.found.hi[0] = max(-t, o.all.lo[0]), min(t, o.all.hi[0])
	}
	return o.ranged.Params()
}

// bins is T in bins.
func (o *entropy) bins() int {
	counts := make([]float64, o.hist.bins)
	used := 0
	for side := range o.hist.counts {
		for i, n := range o.hist.counts[side] {
			counts[i] += float64(n)
			if n > 0 {
				used = max(used, i+1)
			}
		}
	}
	counts[0] = counts[1]
	levels := o.levels()
	best, least := used, math.Inf(1)
	for size := 1; size*levels < used+levels; size++ {
		t := min(size*levels, used)
		if d := divergence(counts[:used], t, size); d < least {
			best, least = t, d
		}
	}
	return best
}

// levels are the codes from 0 to T: all of them where no value is negative and the scheme makes use
// of it, else half.
func (o *entropy) levels() int {
	qmin, qmax := o.config.Scheme.Range()
	codes := int(qmax-qmin) + 1
	if !o.config.Scheme.Symmetric && (o.all.lo[0] >= 0 || o.all.hi[0] <= 0) {
		return codes
	}
	return codes / 2
}

// divergence is Σ P·log(P/Q) for T = t bins and levels of size bins each.
func divergence(counts []float64, t, size int) float64 {
	beyond, total := 0.0, 0.0
	for i, n := range counts {
		total += n
		if i >= t {
			beyond += n
		}
	}
	inside, sum := total-beyond, 0.0
	p := slices.Clone(counts[:t])
	p[t-1] += beyond
	for from := 0; from < t; from += size {
		to := min(from+size, t)
		level, filled := 0.0, 0.0
		for i := from; i < to; i++ {
			level += counts[i]
			if p[i] > 0 {
				filled++
			}
		}
		q := level / filled / inside
		for _, n := range p[from:to] {
			switch {
			case n == 0:
			case level == 0: // Q is zero where P is not
				return math.Inf(1)
			default:
				n /= total
				sum += float64(n * portable.Log(n/q))
			}
		}
	}
	return sum
}
