package observer

import (
	"math"

	"github.com/quantscope/quantscope/quant/scheme"
)

// histMSE gives the range with the least squared error on a histogram of the whole calibration, the
// values of a bin all taken to be at its middle: first both ends are drawn in together, by hundredths,
// then the lower alone and the upper alone.
type histMSE struct{ counting }

const histMSETries = 100

func newHistMSE(c Config) Observer { return &histMSE{newCounting(c, histogramBins)} }

func (o *histMSE) Params() (scheme.QParams, error) {
	if err := o.check(); err != nil {
		return scheme.QParams{}, err
	}
	if o.hist.n > 0 {
		x, weight := o.middles()
		lo, hi := o.all.lo[0], o.all.hi[0]
		least := math.Inf(1)
		for _, ends := range [][2]float32{{1, 1}, {1, 0}, {0, 1}} {
			fromLo, fromHi := lo, hi
			for i := range histMSETries {
				drawn := float32(i) / histMSETries
				l, h := fromLo*(1-ends[0]*drawn), fromHi*(1-ends[1]*drawn)
				if loss := o.loss(x, weight, l, h); loss < least {
					lo, hi, least = l, h, loss
				}
			}
		}
		o.found.lo[0], o.found.hi[0] = lo, hi
	}
	return o.ranged.Params()
}

// middles are the middles of the bins that have values, and how many.
func (o *histMSE) middles() (x []float32, weight []float64) {
	for side, sign := range []float64{1, -1} {
		for i, n := range o.hist.counts[side] {
			if n > 0 {
				x = append(x, float32(sign*(float64(i)+0.5)*o.hist.step()))
				weight = append(weight, float64(n))
			}
		}
	}
	return x, weight
}

func (o *histMSE) loss(x []float32, weight []float64, lo, hi float32) float64 {
	p, err := o.config.Scheme.FromRange([]float32{lo}, []float32{hi}, -1)
	if err != nil {
		return math.Inf(1)
	}
	y := make([]float32, len(x))
	p.FakeQuantize(y, x, nil, scheme.PyTorch)
	sum := 0.0
	for i := range y {
		d := float64(y[i]) - float64(x[i])
		sum += float64(float64(d*d) * weight[i])
	}
	return sum
}
