package observer

import (
	"math"

	"github.com/quantscope/quantscope/quant/portable"
	"github.com/quantscope/quantscope/quant/scheme"
)

// search is what MSEObserver and EMAMSEObserver do with a batch: of the ranges (min, max)·(1 − 0.01·i),
// i = 0, 1, …, it takes the first with the least mean |x̂ − x|^p, p = 2; 95 of them per tensor, 80 per
// channel. The error is taken in float32 and summed in float64. Quantizing is by PyTorch's rule.
// [Q] MQBench searches with the scale before it becomes a power of two, and takes no error above 1e10.
//
// A tensor with one scale is sketched first, which leaves a few candidates to try; the result is the same.
type search struct {
	ranged
	power  float64
	count  int       // of candidates
	seen   []float64 // values of each channel in the batch
	tries  []attempt // count for each channel, made when the values of a batch come
	sketch *sketch   // nil: try all
}

// attempt is one candidate range of one channel.
type attempt struct {
	lo, hi float32
	params scheme.QParams
	out    bool // it cannot be the best
	loss   float64
}

const (
	searchPower   = 2
	searchStep    = 0.01
	triesTensor   = 95
	triesChannel  = 80
	searchCeiling = 1e10 // [Q]
)

func newSearch(c Config) search {
	s := search{ranged: newRanged(c), power: or(c.Power, searchPower), count: triesTensor, seen: make([]float64, c.Channels)}
	if c.Axis >= 0 {
		s.count = triesChannel
	} else if c.Scheme.Bits <= sketchBits && s.power >= 1 {
		s.sketch = newSketch()
	}
	return s
}

// Sketch takes the values of the batch before their range is known.
func (s *search) Sketch(_ int, x []float32) {
	lo, hi := Of(x)
	if s.sketch != nil && lo-lo == 0 && hi-hi == 0 {
		s.sketch.add(x)
	}
}

func (s *search) Observe(c int, x []float32) {
	if s.tries == nil {
		s.tries = make([]attempt, s.count*s.config.Channels)
		for i := range s.tries {
			s.prepare(&s.tries[i], i/s.count, i%s.count)
		}
		if s.sketch != nil {
			s.shortlist()
		}
	}
	s.seen[c] += float64(len(x))
	for i := c * s.count; i < (c+1)*s.count; i++ {
		if t := &s.tries[i]; !t.out {
			t.loss += s.loss(&t.params, x)
		}
	}
}

// prepare makes candidate i of channel c.
func (s *search) prepare(t *attempt, c, i int) {
	shrink := float32(1 - float64(i)*searchStep)
	t.lo, t.hi = s.batch.lo[c]*shrink, s.batch.hi[c]*shrink
	q := s.config.Scheme
	q.PoT = q.PoT && !s.config.Exact
	var err error
	t.params, err = q.FromRange([]float32{t.lo}, []float32{t.hi}, -1)
	t.out = err != nil
}

// shortlist leaves out the candidates whose error is at least more than another's is at most.
func (s *search) shortlist() {
	least := math.Inf(1)
	lower := make([]float64, len(s.tries))
	for i := range s.tries {
		if !s.tries[i].out {
			var upper float64
			lower[i], upper = s.sketch.bounds(&s.tries[i].params, s.power)
			least = min(least, upper)
		}
	}
	for i := range s.tries {
		if lower[i]*(1-sketchMargin) > least*(1+sketchMargin) {
			s.tries[i].out = true
		}
	}
}

// loss is the sum of |x̂ − x|^p. To limit to the codes and then round, by adding and taking away a number
// whose last place is one, is to round and then limit.
func (s *search) loss(p *scheme.QParams, x []float32) float64 {
	const magic = 3 << 22
	inverse, scale := 1/p.Scale[0], p.Scale[0]
	lo, hi := float32(p.QMin-p.ZeroPoint[0]), float32(p.QMax-p.ZeroPoint[0])
	sum, plain := 0.0, s.power == 2
	for _, v := range x {
		q := float32(v * inverse)
		if q < lo {
			q = lo
		} else if q > hi {
			q = hi
		}
		d := float32(((q+magic)-magic)*scale) - v
		if plain {
			sum += float64(float32(d * d))
		} else {
			sum += portable.Pow(math.Abs(float64(d)), s.power)
		}
	}
	return sum
}

// best is the range the search takes for channel c; the batch's own where there was nothing to search.
func (s *search) best(c int) (lo, hi float32) {
	lo, hi = s.batch.lo[c], s.batch.hi[c]
	if s.tries == nil {
		return lo, hi
	}
	least := math.Inf(1)
	if s.config.Exact {
		least = searchCeiling * s.seen[c]
	}
	for _, t := range s.tries[c*s.count : (c+1)*s.count] {
		if !t.out && t.loss < least {
			lo, hi, least = t.lo, t.hi, t.loss
		}
	}
	return lo, hi
}

func (s *search) reset() {
	s.batch.reset()
	s.tries = nil
	clear(s.seen)
	if s.sketch != nil {
		s.sketch.reset()
	}
}

// mse is MSEObserver: the extremes over the batches of the ranges the search takes.
type mse struct{ search }

func newMSE(c Config) Observer { return &mse{newSearch(c)} }

func (o *mse) EndBatch() {
	for c := range o.batch.lo {
		if !o.batch.empty(c) {
			lo, hi := o.best(c)
			o.found.widen(c, lo, hi)
		}
	}
	o.reset()
}
