package fakequant

import (
	"math"

	"github.com/quantscope/quantscope/quant/portable"
	"github.com/quantscope/quantscope/quant/scheme"
)

// TQT is MQBench's TqtFakeQuantize, of Vitis (spec §2.5): symmetric, one scale for the tensor, a power
// of two. Weights are rounded half to even; activations are limited first, and negative ties go up.
// The threshold is trained as in the paper (arXiv 1903.08066): s = 2^⌈log2 t⌉/2^(b−1), the gradient of
// s as LSQ's, through the ceiling straight. [Q] MQBench's scale is no parameter: s = 2^−⌊log2(1/s)⌋ of
// what was observed.
type TQT struct {
	Log2T, GradLog2T []float32 // one element
	config           Config
	params           scheme.QParams
	raw              float32 // [Q] the scale observed, by which MQBench decides what passes a gradient
}

const tqtSmallest = 0x1p-15 // [Q] below, the scale is 1

func newTQT(c Config) FakeQuantizer {
	q := &TQT{Log2T: []float32{0}, GradLog2T: []float32{0}, config: c}
	q.Load(start(c), nil, nil)
	return q
}

// Load takes a scale and makes it a power of two, rounding up. The threshold begins in the middle of
// those that give this scale.
func (q *TQT) Load(p scheme.QParams, _, _ []float32) {
	q.raw = p.Scale[0]
	f, e := math.Frexp(float64(q.raw))
	if f == 0.5 {
		e--
	}
	if q.config.Exact && q.raw < tqtSmallest {
		e = 0
	}
	q.params = scheme.QParams{Scale: []float32{float32(math.Ldexp(1, e))}, ZeroPoint: []int32{0}, QMin: p.QMin, QMax: p.QMax, Axis: -1}
	if !q.config.Weight {
		q.params.Grid = scheme.HalfUp
	}
	q.Log2T[0] = float32(e+q.config.Scheme.Bits-1) - 0.5
}

// Params have the scale of the threshold.
func (q *TQT) Params() scheme.QParams {
	if !q.config.Exact {
		e := int(math.Ceil(float64(q.Log2T[0]))) - (q.config.Scheme.Bits - 1)
		q.params.Scale[0] = float32(math.Ldexp(1, min(max(e, -126), 126)))
	}
	return q.params
}

// Parameters is the threshold's logarithm, which MQBench does not have.
func (q *TQT) Parameters() []Parameter {
	if q.config.Exact {
		return nil
	}
	return []Parameter{{"log2_t", q.Log2T, q.GradLog2T}}
}

func (q *TQT) Forward(y, x []float32, shape []int) {
	q.Params().FakeQuantize(y, x, shape, q.config.Rule)
}

// Backward lets the gradient through where x was in range.
func (q *TQT) Backward(dx, dy, x []float32, _ []int) {
	p := q.Params()
	s := p.Scale[0]
	if q.config.Exact {
		s = q.raw
	}
	lo, hi, sum := float32(p.QMin), float32(p.QMax), 0.0
	for i, v := range x {
		d, scaled := dy[i], v/s
		u := round(scaled, q.config.Exact || p.Grid == scheme.HalfUp)
		switch {
		case u < lo:
			dx[i] = 0
			sum += float64(d * lo)
		case u > hi:
			dx[i] = 0
			sum += float64(d * hi)
		default:
			dx[i] = d
			sum += float64(d * (u - scaled))
		}
	}
	q.GradLog2T[0] += float32(sum * float64(s) * portable.Log(2))
}

// round rounds half to even, negative ties upwards if halfUp says so.
func round(x float32, halfUp bool) float32 {
	f := math.Floor(float64(x))
	if halfUp && x < 0 && float64(x)-f == 0.5 {
		return float32(f + 1)
	}
	return float32(math.RoundToEven(float64(x)))
}
