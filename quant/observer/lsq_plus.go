package observer

import (
	"math"

	"github.com/quantscope/quantscope/quant/scheme"
)

// lsqPlus is LSQPlusObserver, where LSQ+ begins. As in the paper: symmetric s = max(|μ−3σ|, |μ+3σ|) /
// 2^(b−1); asymmetric the range μ±3σ within the extremes, as FromRange has it; over the whole
// calibration. [Q] MQBench has 2^b for either, so that symmetric codes reach half as far, takes the
// last batch alone, and moves the zero point only where no value is negative, by the minimum of all channels.
type lsqPlus struct {
	ranged
	channels []moments
}

func newLSQPlus(c Config) Observer { return &lsqPlus{newRanged(c), make([]moments, c.Channels)} }

// ObserveRange begins anew where MQBench does.
func (o *lsqPlus) ObserveRange(c int, lo, hi float32) {
	if o.config.Exact && o.batch.empty(c) {
		o.channels[c] = moments{}
	}
	o.ranged.ObserveRange(c, lo, hi)
}

func (o *lsqPlus) Observe(c int, x []float32) { o.channels[c].add(x) }

func (o *lsqPlus) EndBatch() {
	for c := range o.batch.lo {
		if o.batch.empty(c) {
			continue
		}
		if o.config.Exact {
			o.found.lo[c], o.found.hi[c] = o.batch.lo[c], o.batch.hi[c]
		} else {
			o.found.widen(c, o.batch.lo[c], o.batch.hi[c])
		}
	}
	o.batch.reset()
}

func (o *lsqPlus) Params() (scheme.QParams, error) {
	if err := o.check(); err != nil {
		return scheme.QParams{}, err
	}
	p := unseen(o.config)
	low, _ := Of(o.found.lo) // [Q] of all channels
	for c, m := range o.channels {
		if m.n == 0 {
			continue
		}
		mean, reach := float32(m.mean), float32(3*float32(m.deviation()))
		most := max(abs(mean-reach), abs(mean+reach))
		codes := float32(p.QMax - p.QMin + 1)
		switch s := o.config.Scheme; {
		case o.config.Exact:
			plain := o.config
			plain.Scheme.Symmetric = s.Symmetric || low < 0
			p.Scale[c], p.ZeroPoint[c] = step(plain, most/codes, low)
		case s.Symmetric:
			p.Scale[c], p.ZeroPoint[c] = step(o.config, most/(codes/2), 0)
		default:
			one, err := s.FromRange([]float32{max(mean-reach, o.found.lo[c])}, []float32{min(mean+reach, o.found.hi[c])}, -1)
			if err != nil {
				return scheme.QParams{}, err
			}
			p.Scale[c], p.ZeroPoint[c] = one.Scale[0], one.ZeroPoint[0]
		}
	}
	return p, nil
}

func abs(x float32) float32 { return float32(math.Abs(float64(x))) }
