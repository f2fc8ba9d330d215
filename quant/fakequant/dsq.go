package fakequant

import (
	"math"

	"github.com/quantscope/quantscope/quant/portable"
	"github.com/quantscope/quantscope/quant/scheme"
)

// dsq is MQBench's DSQFakeQuantize (spec §2.6): v = clamp(x/s + z), and between whole numbers f and f+1
// the soft step φ = f + ½ + ½·t·tanh(k·(v − f − ½)), t = 1/(1 − α), k = ln((t+1)/(t−1)), α = 0.4. Forward
// rounds φ, which is rounding v but for ties; backward has the slope of φ. What is executed is plain
// quantization.
type dsq struct {
	params scheme.QParams
	t, k   float32
}

const dsqAlpha = 0.4

func newDSQ(c Config) FakeQuantizer {
	alpha := dsqAlpha
	if c.Alpha != 0 {
		alpha = float64(c.Alpha)
	}
	t := 1 / (1 - alpha)
	return &dsq{start(c), float32(t), float32(portable.Log((t + 1) / (t - 1)))}
}

func (d *dsq) Load(p scheme.QParams, _, _ []float32) { d.params = p }

func (d *dsq) Params() scheme.QParams { return d.params }

// step gives v, limited to the codes, its whole part and the tanh; limited tells whether the codes do
// not reach it.
func (d *dsq) step(x float32, c int) (f, tanh float32, limited bool) {
	p := d.params
	v := x/p.Scale[c] + float32(p.ZeroPoint[c])
	limited = !inRange(p, v)
	v = min(max(v, float32(p.QMin)), float32(p.QMax))
	f = float32(math.Floor(float64(v)))
	return f, float32(portable.Tanh(float64(d.k * (v - f - 0.5)))), limited
}

func (d *dsq) Forward(y, x []float32, shape []int) {
	p := d.params
	for c, run := range p.Groups(shape, len(x)) {
		for i := run.From; i < run.To; i++ {
			f, tanh, _ := d.step(x[i], c)
			phi := f + float32(float32(d.t*tanh)*0.5) + 0.5
			y[i] = (float32(math.RoundToEven(float64(phi))) - float32(p.ZeroPoint[c])) * p.Scale[c]
		}
	}
}

// Backward is dx = dy·½·t·k·(1 − tanh²), 0 beyond the codes.
func (d *dsq) Backward(dx, dy, x []float32, shape []int) {
	for c, run := range d.params.Groups(shape, len(x)) {
		for i := run.From; i < run.To; i++ {
			_, tanh, limited := d.step(x[i], c)
			slope := float32(float32(0.5*d.t)*d.k) * (1 - float32(tanh*tanh))
			if limited {
				slope = 0
			}
			dx[i] = dy[i] * slope
		}
	}
}
