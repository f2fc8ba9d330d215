package fakequant

import (
	"math"

	"github.com/quantscope/quantscope/quant/portable"
)

// doReFa is MQBench's DoReFaFakeQuantize (spec §2.4): t = h/(max|h| + 1e-5) with h = tanh x, the maximum
// over the whole tensor also where scales are per channel; t is then fake-quantized as fixed does.
type doReFa struct{ fixed }

// DoReFaMargin keeps the divisor from being zero.
const DoReFaMargin = 1e-5

func newDoReFa(c Config) FakeQuantizer { return &doReFa{fixed{start(c), c.Rule}} }

// tanhs gives h and the divisor.
func tanhs(x []float32) (h []float32, divisor float32) {
	h = make([]float32, len(x))
	for i, v := range x {
		h[i] = float32(portable.Tanh(float64(v)))
		divisor = max(divisor, float32(math.Abs(float64(h[i]))))
	}
	return h, divisor + DoReFaMargin
}

func (d *doReFa) Transform(y, x []float32) {
	h, divisor := tanhs(x)
	for i := range h {
		y[i] = h[i] / divisor
	}
}

// Forward transforms and quantizes.
func (d *doReFa) Forward(y, x []float32, shape []int) {
	d.Transform(y, x)
	d.fixed.Forward(y, y, shape)
}

// Backward goes through the transformation too: the greatest |h|, of equals all in the same measure,
// has the gradient of the divisor.
func (d *doReFa) Backward(dx, dy, x []float32, shape []int) {
	h, divisor := tanhs(x)
	t := make([]float32, len(x))
	for i := range h {
		t[i] = h[i] / divisor
	}
	d.fixed.Backward(dx, dy, t, shape)
	through, equals := 0.0, 0.0
	most := float32(0)
	for i := range h {
		through -= float64(dx[i]*t[i]) / float64(divisor)
		most = max(most, float32(math.Abs(float64(h[i]))))
	}
	for _, v := range h {
		if float32(math.Abs(float64(v))) == most {
			equals++
		}
	}
	for i, v := range h {
		g := dx[i] / divisor
		if float32(math.Abs(float64(v))) == most && v != 0 {
			g += float32(math.Copysign(1, float64(v)) * through / equals)
		}
		dx[i] = g * (1 - float32(v*v))
	}
}
