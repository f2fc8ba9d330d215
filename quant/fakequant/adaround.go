package fakequant

import (
	"math"

	"github.com/quantscope/quantscope/quant/portable"
	"github.com/quantscope/quantscope/quant/scheme"
)

// AdaRound is MQBench's AdaRoundFakeQuantize (spec §2.8): for each weight Alpha says how far to round
// up, h = clamp(1.2·σ(α) − 0.1, 0, 1): x̂ = s·(clamp(⌊x/s⌋ + h + z) − z). Hard, h is 1 where α ≥ 0, else 0.
// Until Init it is as fixed. The gradient goes to Alpha and not to the weights.
type AdaRound struct {
	Alpha, GradAlpha []float32 // one for each weight; nil before Init
	Hard             bool
	fixed
}

// Zeta and Gamma are the ends to which the sigmoid is stretched before it is clamped.
const (
	Zeta  = 1.1
	Gamma = -0.1
)

func newAdaRound(c Config) FakeQuantizer { return &AdaRound{fixed: fixed{start(c), c.Rule}} }

// Init begins learning for these weights.
func (a *AdaRound) Init(x []float32, shape []int) {
	a.Alpha, a.GradAlpha = Alpha(x, shape, a.params), make([]float32, len(x))
}

// Alpha is what learning begins with: h is what rounding down leaves of x/s.
func Alpha(x []float32, shape []int, p scheme.QParams) []float32 {
	alpha := make([]float32, len(x))
	for c, run := range p.Groups(shape, len(x)) {
		for i := run.From; i < run.To; i++ {
			v := x[i] / p.Scale[c]
			rest := float64(v) - math.Floor(float64(v))
			alpha[i] = float32(-portable.Log((Zeta-Gamma)/(rest-Gamma) - 1))
		}
	}
	return alpha
}

// Parameters is alpha, once there is any.
func (a *AdaRound) Parameters() []Parameter {
	if a.Alpha == nil {
		return nil
	}
	return []Parameter{{"alpha", a.Alpha, a.GradAlpha}}
}

// up gives h of weight i and its slope in α.
func (a *AdaRound) up(i int) (h, slope float32) {
	s := float32(portable.Sigmoid(float64(a.Alpha[i])))
	h = float32((Zeta-Gamma)*s) + Gamma
	if h >= 0 && h <= 1 {
		slope = float32(Zeta-Gamma) * float32(float32(1-s)*s)
	}
	return min(max(h, 0), 1), slope
}

func (a *AdaRound) Forward(y, x []float32, shape []int) {
	if a.Alpha == nil {
		a.fixed.Forward(y, x, shape)
		return
	}
	a.each(x, shape, func(i int, code, z, s float32) {
		y[i] = (min(max(code, float32(a.params.QMin)), float32(a.params.QMax)) - z) * s
	})
}

// each gives for every weight its code before the clamp, z and s.
func (a *AdaRound) each(x []float32, shape []int, f func(i int, code, z, s float32)) {
	for c, run := range a.params.Groups(shape, len(x)) {
		s, z := a.params.Scale[c], float32(a.params.ZeroPoint[c])
		for i := run.From; i < run.To; i++ {
			h, _ := a.up(i)
			if a.Hard {
				h = 0
				if a.Alpha[i] >= 0 {
					h = 1
				}
			}
			f(i, float32(math.Floor(float64(x[i]/s)))+h+z, z, s)
		}
	}
}

// Backward is dα = dy·s·h′(α) where the code is in range; dx is 0.
func (a *AdaRound) Backward(dx, dy, x []float32, shape []int) {
	if a.Alpha == nil {
		a.fixed.Backward(dx, dy, x, shape)
		return
	}
	a.each(x, shape, func(i int, code, _, s float32) {
		if inRange(a.params, code) && !a.Hard {
			_, slope := a.up(i)
			a.GradAlpha[i] += float32(dy[i]*s) * slope
		}
		dx[i] = 0
	})
}

// Rounded are the weights as they are deployed, rounded up or down for good: every one a code times
// its scale, which plain quantization leaves as it is.
func (a *AdaRound) Rounded(x []float32, shape []int) []float32 {
	hard := *a
	hard.Hard = true
	y := make([]float32, len(x))
	hard.Forward(y, x, shape)
	return y
}
