package observer

import (
	"math"

	"github.com/quantscope/quantscope/quant/scheme"
)

// lsq is LSQObserver, the start that the paper of learned step sizes gives: s = 2·mean|x|/√qmax; z = 0,
// asymmetric qmin − rhe(min/s). The mean is over the whole calibration and z is a code.
// [Q] MQBench takes the last batch alone and leaves z where it falls.
type lsq struct {
	ranged
	sum, n []float64 // of magnitudes
}

func newLSQ(c Config) Observer {
	return &lsq{newRanged(c), make([]float64, c.Channels), make([]float64, c.Channels)}
}

func (o *lsq) Observe(c int, x []float32) {
	sum := 0.0
	for _, v := range x {
		sum += math.Abs(float64(v))
	}
	o.sum[c] += sum
	o.n[c] += float64(len(x))
}

func (o *lsq) EndBatch() {
	for c := range o.batch.lo {
		if o.batch.empty(c) {
			continue
		}
		if !o.config.Exact {
			o.found.widen(c, o.batch.lo[c], o.batch.hi[c])
			continue
		}
		o.found.lo[c], o.found.hi[c] = o.batch.lo[c], o.batch.hi[c]
	}
	o.batch.reset()
}

// ObserveRange begins a new mean where MQBench does.
func (o *lsq) ObserveRange(c int, lo, hi float32) {
	if o.config.Exact && o.batch.empty(c) {
		o.sum[c], o.n[c] = 0, 0
	}
	o.ranged.ObserveRange(c, lo, hi)
}

func (o *lsq) Params() (scheme.QParams, error) {
	if err := o.check(); err != nil {
		return scheme.QParams{}, err
	}
	p := unseen(o.config)
	root := float32(math.Sqrt(float64(p.QMax)))
	for c := range o.sum {
		if o.n[c] == 0 {
			continue
		}
		scale := 2 * float32(o.sum[c]/o.n[c]) / root
		p.Scale[c], p.ZeroPoint[c] = step(o.config, scale, o.found.lo[c])
	}
	return p, nil
}

// unseen are the numbers of a quantizer that has seen nothing: scale 1, zero point 0.
func unseen(c Config) scheme.QParams {
	p := scheme.QParams{Scale: make([]float32, c.Channels), ZeroPoint: make([]int32, c.Channels), Axis: c.Axis}
	p.QMin, p.QMax = c.Scheme.Range()
	for i := range p.Scale {
		p.Scale[i] = 1
	}
	return p
}

// step gives scale and zero point for a step size that was not made of a range; lo is the minimum of
// the values.
func step(c Config, scale, lo float32) (float32, int32) {
	scale = max(scale, scheme.Epsilon)
	if c.Scheme.PoT {
		scale = scheme.PowerOfTwo(scale)
	}
	if c.Scheme.Symmetric {
		return scale, c.Scheme.Middle()
	}
	qmin, qmax := c.Scheme.Range()
	z := float32(qmin) - rint(lo/scale)
	if !c.Exact {
		z = min(max(z, float32(qmin)), float32(qmax))
	}
	return scale, int32(z)
}
