package fakequant

import (
	"math"

	"github.com/quantscope/quantscope/quant/scheme"
)

// float are the fake-quantizers of Sophgo's fork whose numbers are floats or listed in a table (spec §2.10): x/s goes
// to the nearest number, what is too large saturates, and s makes the greatest magnitude observed the greatest number.
// 16-bit floats have s = 1. The gradient passes where x/s is not too large.
// [Q] Of 8-bit floats the fork quantizes x itself, s = 1 whatever was observed, and passes every gradient.
type float struct {
	params scheme.QParams
	config Config
	unit   bool // s = 1
}

func newE4M3(c Config) FakeQuantizer { return newFloat(c, scheme.E4M3, c.Exact) }

func newE5M2(c Config) FakeQuantizer { return newFloat(c, scheme.E5M2, c.Exact) }

func newFP16(c Config) FakeQuantizer { return newFloat(c, scheme.FP16, true) }

func newBF16(c Config) FakeQuantizer { return newFloat(c, scheme.BF16, true) }

func newE2M1(c Config) FakeQuantizer { return newFloat(c, scheme.E2M1, false) }

func newFP4BNB(c Config) FakeQuantizer { return newFloat(c, scheme.FP4BNB, false) }

func newNF4(c Config) FakeQuantizer { return newFloat(c, scheme.NF4, false) }

func newAF4(c Config) FakeQuantizer { return newFloat(c, scheme.AF4, false) }

// maxQMax is what the greatest number of a grid is told as at most: it is no code.
const maxQMax = 1 << 16

func newFloat(c Config, g scheme.Grid, unit bool) FakeQuantizer {
	p := scheme.QParams{Scale: []float32{1}, ZeroPoint: []int32{0}, Axis: -1, Grid: g, QMax: int32(min(g.Most(), maxQMax))}
	p.QMin = -p.QMax
	return &float{p, c, unit}
}

func (f *float) Load(p scheme.QParams, lo, hi []float32) {
	f.params.Axis, f.params.Block, f.params.Along = p.Axis, p.Block, p.Along
	f.params.Scale, f.params.ZeroPoint = make([]float32, len(p.Scale)), make([]int32, len(p.Scale))
	for c := range f.params.Scale {
		f.params.Scale[c] = 1
		if !f.unit && len(lo) > 0 {
			s := max(-lo[c], hi[c]) / f.params.Grid.Most()
			if s <= math.MaxFloat32 { // not −Inf, of nothing observed, either
				f.params.Scale[c] = max(s, scheme.Epsilon)
			}
		}
	}
}

func (f *float) Params() scheme.QParams { return f.params }

func (f *float) Forward(y, x []float32, shape []int) {
	f.params.FakeQuantize(y, x, shape, f.config.Rule)
}

func (f *float) Backward(dx, dy, x []float32, shape []int) {
	most := f.params.Grid.Most()
	for c, run := range f.params.Groups(shape, len(x)) {
		for i := run.From; i < run.To; i++ {
			d := dy[i]
			if !f.config.Exact && float32(math.Abs(float64(x[i]/f.params.Scale[c]))) > most {
				d = 0
			}
			dx[i] = d
		}
	}
}
