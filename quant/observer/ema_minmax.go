package observer

import (
	"strconv"

	"github.com/quantscope/quantscope/quant/scheme"
)

// emaMinMax is MQBench's EMAMinMaxObserver: an exponential moving average of the minimum and the
// maximum of each batch, v ← r·v + (1−r)·batch in float32. The first batch is copied; there is no
// bias correction.
type emaMinMax struct {
	span         // of the current batch
	mean         span
	past, recent float32 // r and 1−r
	config       Config
}

// newEMAMinMax takes the ratio at its shortest decimal: PyTorch has it as a double, where 1−0.9
// rounds to the float32 next to 0.1, and one minus the float32 next to 0.9 would be another number.
func newEMAMinMax(c Config) Observer {
	r, _ := strconv.ParseFloat(strconv.FormatFloat(float64(c.EMARatio), 'g', -1, 32), 64)
	return &emaMinMax{newSpan(c.Channels), newSpan(c.Channels), float32(r), float32(1 - r), c}
}

func (o *emaMinMax) EndBatch() {
	for c := range o.lo {
		switch {
		case o.empty(c):
		case o.mean.empty(c):
			o.mean.lo[c], o.mean.hi[c] = o.lo[c], o.hi[c]
		default:
			o.mean.lo[c] = float32(o.mean.lo[c]*o.past) + float32(o.lo[c]*o.recent)
			o.mean.hi[c] = float32(o.mean.hi[c]*o.past) + float32(o.hi[c]*o.recent)
		}
	}
	o.reset()
}

func (o *emaMinMax) Range() (lo, hi []float32) { return o.mean.lo, o.mean.hi }

func (o *emaMinMax) Params() (scheme.QParams, error) {
	return o.config.Scheme.FromRange(o.mean.lo, o.mean.hi, o.config.Axis)
}
