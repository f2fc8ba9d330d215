package fakequant

import "github.com/quantscope/quantscope/quant/scheme"

// fixed is MQBench's FixedFakeQuantize (spec §2.1): scale and zero point are the observer's and
// nothing learns them.
type fixed struct {
	params scheme.QParams
	rule   scheme.Rule
}

func newFixed(c Config) FakeQuantizer { return &fixed{start(c), c.Rule} }

func (f *fixed) Load(p scheme.QParams, _, _ []float32) { f.params = p }

func (f *fixed) Params() scheme.QParams { return f.params }

func (f *fixed) Forward(y, x []float32, shape []int) { f.params.FakeQuantize(y, x, shape, f.rule) }

// Backward lets the gradient through where x was in range: q before the clamp in [qmin, qmax].
func (f *fixed) Backward(dx, dy, x []float32, shape []int) {
	p := f.params
	for c, run := range p.Groups(shape, len(x)) {
		for i := run.From; i < run.To; i++ {
			if inRange(p, p.Unclamped(x[i], c, f.rule)) {
				dx[i] = dy[i]
			} else {
				dx[i] = 0
			}
		}
	}
}
