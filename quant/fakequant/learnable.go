package fakequant

import (
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/scheme"
)

// Learnable is MQBench's LearnableFakeQuantize, LSQ and LSQ+ (spec §2.2): scale and zero point are
// float parameters that start from the observer and are trained with the weights.
type Learnable struct {
	Scale, ZeroPoint         []float32 // one element, or one a channel or a block of it
	GradScale, GradZeroPoint []float32 // sums of Backward since they were last cleared
	NoGradScaling            bool      // leave out the factor g = 1/√(elements a scale · qmax)
	Symmetric                bool
	Rule                     scheme.Rule
	QMin, QMax               int32
	Axis, Block, Along       int // of scheme.QParams
}

func newLearnable(c Config) FakeQuantizer {
	l := &Learnable{Symmetric: c.Scheme.Symmetric, Rule: c.Rule}
	l.Load(start(c), nil, nil)
	return l
}

// Load copies the observer's numbers over the parameters and clears the gradients.
func (l *Learnable) Load(p scheme.QParams, _, _ []float32) {
	l.Scale = slices.Clone(p.Scale)
	l.ZeroPoint = p.Zeros()
	l.GradScale, l.GradZeroPoint = make([]float32, len(l.Scale)), make([]float32, len(l.Scale))
	l.QMin, l.QMax, l.Axis, l.Block, l.Along = p.QMin, p.QMax, p.Axis, p.Block, p.Along
}

// Parameters are scale and zero point.
func (l *Learnable) Parameters() []Parameter {
	return []Parameter{{"scale", l.Scale, l.GradScale}, {"zero_point", l.ZeroPoint, l.GradZeroPoint}}
}

// settle is what MQBench does to the parameters before every forward pass with the observer off:
// scales positive and at least Epsilon; zero points zero (symmetric) or limited to the codes, not rounded.
func (l *Learnable) settle() {
	for i, s := range l.Scale {
		l.Scale[i] = max(float32(math.Abs(float64(s))), scheme.Epsilon)
		if l.Symmetric {
			l.ZeroPoint[i] = 0
		} else {
			l.ZeroPoint[i] = min(max(l.ZeroPoint[i], float32(l.QMin)), float32(l.QMax))
		}
	}
}

// Params settles the parameters and rounds the zero points, half to even.
func (l *Learnable) Params() scheme.QParams {
	l.settle()
	p := scheme.QParams{
		Scale: slices.Clone(l.Scale), ZeroPoint: make([]int32, len(l.Scale)),
		QMin: l.QMin, QMax: l.QMax, Axis: l.Axis, Block: l.Block, Along: l.Along,
	}
	for i, z := range l.ZeroPoint {
		p.ZeroPoint[i] = int32(math.RoundToEven(float64(z)))
	}
	return p
}

// Forward fake-quantizes with Params.
func (l *Learnable) Forward(y, x []float32, shape []int) {
	l.Params().FakeQuantize(y, x, shape, l.Rule)
}

// Backward is the gradient of LSQ+ with u = rhe(x/s) + z before the clamp:
//
//	qmin ≤ u ≤ qmax:  dx = dy, ds = dy·(x̂ − x)/s,                  dz = 0
//	outside:          dx = 0,  ds = dy·(qmin − z or qmax − z),     dz = −dy·s
//
// ds and dz are summed in float64 over the elements of a scale, times g, and added to GradScale and
// GradZeroPoint. [Q] PyTorch's backward per tensor rounds z half up where the forward pass rounds
// half to even, and so does this.
func (l *Learnable) Backward(dx, dy, x []float32, shape []int) {
	p := l.Params()
	if l.Axis < 0 {
		p.ZeroPoint[0] = int32(min(max(l.ZeroPoint[0]+0.5, float32(l.QMin)), float32(l.QMax)))
	}
	ds, dz := make([]float64, len(p.Scale)), make([]float64, len(p.Scale))
	lo, hi := float32(p.QMin), float32(p.QMax)
	for c, run := range p.Groups(shape, len(x)) {
		s, z := p.Scale[c], float32(p.ZeroPoint[c])
		for i := run.From; i < run.To; i++ {
			u, d := p.Unclamped(x[i], c, l.Rule), dy[i]
			switch {
			case u < lo:
				dx[i] = 0
				ds[c] += float64(d * (lo - z))
				dz[c] -= float64(d * s)
			case u > hi:
				dx[i] = 0
				ds[c] += float64(d * (hi - z))
				dz[c] -= float64(d * s)
			default:
				dx[i] = d
				ds[c] += float64(float32(d*(float32((u-z)*s)-x[i])) / s)
			}
		}
	}
	g := l.factor(len(x))
	for c := range ds {
		l.GradScale[c] += float32(ds[c] * g)
		l.GradZeroPoint[c] += float32(dz[c] * g)
	}
}

// factor is LSQ's gradient scale for a tensor of n elements.
func (l *Learnable) factor(n int) float64 {
	if l.NoGradScaling {
		return 1
	}
	return 1 / math.Sqrt(float64(n/len(l.Scale))*float64(l.QMax))
}
