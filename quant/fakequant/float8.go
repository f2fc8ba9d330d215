package fakequant

import (
	"math"

	"github.com/quantscope/quantscope/quant/scheme"
)

// float8 are E4M3FakeQuantize and E5M2FakeQuantize of Sophgo's fork (spec §2.10): x/s is rounded to an
// 8-bit float, what is too large saturates, and s makes the greatest magnitude observed the greatest of
// the format. The gradient passes where x/s is not too large.
// [Q] The fork quantizes x itself, s = 1 whatever was observed, and passes every gradient.
type float8 struct {
	params scheme.QParams
	config Config
}

func newE4M3(c Config) FakeQuantizer { return newFloat8(c, scheme.E4M3) }

func newE5M2(c Config) FakeQuantizer { return newFloat8(c, scheme.E5M2) }

func newFloat8(c Config, g scheme.Grid) FakeQuantizer {
	p := scheme.QParams{Scale: []float32{1}, ZeroPoint: []int32{0}, Axis: -1, Grid: g}
	most, _, _ := g.Float()
	p.QMax = int32(most)
	p.QMin = -p.QMax
	return &float8{p, c}
}

func (f *float8) Load(p scheme.QParams, lo, hi []float32) {
	f.params.Axis = p.Axis
	f.params.Scale, f.params.ZeroPoint = make([]float32, len(p.Scale)), make([]int32, len(p.Scale))
	for c := range f.params.Scale {
		f.params.Scale[c] = 1
		if !f.config.Exact && len(lo) > 0 {
			s := max(-lo[c], hi[c]) / float32(f.params.QMax)
			if s <= math.MaxFloat32 { // not −Inf, of nothing observed, either
				f.params.Scale[c] = max(s, scheme.Epsilon)
			}
		}
	}
}

func (f *float8) Params() scheme.QParams { return f.params }

func (f *float8) Forward(y, x []float32, shape []int) {
	f.params.FakeQuantize(y, x, shape, f.config.Rule)
}

func (f *float8) Backward(dx, dy, x []float32, shape []int) {
	most := float32(f.params.QMax)
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
