package fakequant

import "github.com/quantscope/quantscope/quant/scheme"

// PACT is MQBench's PACTFakeQuantize (spec §2.3): activations are clipped at Alpha, which is trained,
// and where there are negative ones at −Alpha, asymmetric at NAlpha, trained too; the range between
// gives scale and zero point. Dα = Σ dy over x > α, less Σ dy over x < −α. The clip never shows in
// what is executed: a quantizer of that range limits by itself.
// [Q] MQBench clips, and Alpha has a gradient, only while the observer is on, so that after calibration
// it stays what it was at first; and a clipped value passes no gradient where it rounds beyond the codes.
type PACT struct {
	Alpha, NAlpha         []float32 // one element; NAlpha is nil if symmetric
	GradAlpha, GradNAlpha []float32
	Observing             bool // MQBench's observer is on; without meaning in the sound reading
	config                Config
	negative              bool // there are negative values
	fixed                 fixed
}

const pactAlpha = 6

func newPACT(c Config) FakeQuantizer {
	alpha := c.Alpha
	if alpha == 0 {
		alpha = pactAlpha
	}
	p := &PACT{Alpha: []float32{alpha}, GradAlpha: []float32{0}, config: c, fixed: fixed{start(c), c.Rule}}
	if !c.Scheme.Symmetric {
		p.NAlpha, p.GradNAlpha = []float32{-alpha}, []float32{0}
	}
	return p
}

// Load takes from the observer only whether there are negative values.
func (p *PACT) Load(_ scheme.QParams, lo, _ []float32) {
	p.negative = len(lo) > 0 && lo[0] < 0
	p.settle()
}

// bounds are where values are clipped; lo is 0 where none is negative.
func (p *PACT) bounds() (lo, hi float32) {
	hi = p.Alpha[0]
	switch {
	case !p.negative:
	case p.NAlpha != nil:
		lo = p.NAlpha[0]
	default:
		lo = -hi
	}
	return lo, hi
}

// settle makes scale and zero point of the bounds. Training may move Alpha to where there is no range;
// then they stay.
func (p *PACT) settle() {
	lo, hi := p.bounds()
	if q, err := p.config.Scheme.FromRange([]float32{lo}, []float32{hi}, -1); err == nil {
		p.fixed.params = q
	}
}

// clips tells whether values are clipped and Alpha learns.
func (p *PACT) clips() bool { return p.Observing || !p.config.Exact }

// Params are made of the bounds anew, which may have been trained.
func (p *PACT) Params() scheme.QParams {
	if p.clips() {
		p.settle()
	}
	return p.fixed.params
}

// Parameters are alpha and n_alpha.
func (p *PACT) Parameters() []Parameter {
	all := []Parameter{{"alpha", p.Alpha, p.GradAlpha}}
	if p.NAlpha != nil {
		all = append(all, Parameter{"n_alpha", p.NAlpha, p.GradNAlpha})
	}
	return all
}

func (p *PACT) Forward(y, x []float32, shape []int) {
	p.Params()
	if p.clips() {
		lo, hi := p.bounds()
		for i, v := range x {
			y[i] = p.clip(v, lo, hi)
		}
		x = y
	}
	p.fixed.Forward(y, x, shape)
}

func (p *PACT) clip(v, lo, hi float32) float32 {
	if v > hi {
		v = hi
	}
	if p.negative && v < lo {
		v = lo
	}
	return v
}

// Backward sums in float64.
func (p *PACT) Backward(dx, dy, x []float32, shape []int) {
	q := p.Params()
	if !p.clips() {
		p.fixed.Backward(dx, dy, x, shape)
		return
	}
	lo, hi := p.bounds()
	above, below := 0.0, 0.0
	for i, v := range x {
		d := dy[i]
		u := q.Unclamped(p.clip(v, lo, hi), 0, p.config.Rule)
		clipped := v > hi || p.negative && v < lo
		if !inRange(q, u) && (p.config.Exact || !clipped) {
			d = 0
		}
		switch {
		case v > hi:
			above += float64(d)
			d = 0
		case clipped:
			below += float64(d)
			d = 0
		}
		dx[i] = d
	}
	if p.NAlpha != nil {
		p.GradAlpha[0] += float32(above)
		p.GradNAlpha[0] += float32(below)
	} else {
		p.GradAlpha[0] += float32(above - below)
	}
}
