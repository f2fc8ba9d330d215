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
type search struct {
	ranged
	power float64
	count int       // of candidates
	seen  []float64 // values of each channel in the batch
	tries []attempt // count for each channel, made when the values of a batch come
}

// attempt is one candidate range of one channel.
type attempt struct {
	lo, hi float32
	params scheme.QParams
	err    error
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
	}
	return s
}

func (s *search) Observe(c int, x []float32) {
	if s.tries == nil {
		s.tries = make([]attempt, s.count*s.config.Channels)
		for i := range s.tries {
			s.prepare(&s.tries[i], i/s.count, i%s.count)
		}
	}
	s.seen[c] += float64(len(x))
	for i := c * s.count; i < (c+1)*s.count; i++ {
		if t := &s.tries[i]; t.err == nil {
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
	t.params, t.err = q.FromRange([]float32{t.lo}, []float32{t.hi}, -1)
}

// loss is the sum of |x̂ − x|^p.
func (s *search) loss(p *scheme.QParams, x []float32) float64 {
	sum := 0.0
	var y [512]float32
	for len(x) > 0 {
		n := min(len(x), len(y))
		p.FakeQuantize(y[:n], x[:n], nil, scheme.PyTorch)
		if s.power == 2 {
			for i, v := range x[:n] {
				d := y[i] - v
				sum += float64(d * d)
			}
		} else {
			for i, v := range x[:n] {
				sum += portable.Pow(float64(abs(y[i]-v)), s.power)
			}
		}
		x = x[n:]
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
		if t.err == nil && t.loss < least {
			lo, hi, least = t.lo, t.hi, t.loss
		}
	}
	return lo, hi
}

func (s *search) reset() {
	s.batch.reset()
	s.tries = nil
	clear(s.seen)
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
