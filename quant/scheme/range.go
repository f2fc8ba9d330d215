package scheme

import (
	"errors"
	"fmt"
	"math"
)

// Epsilon is the smallest scale there is, float32's machine epsilon, as in PyTorch: a tensor of
// zeros gets a scale that can be divided by.
const Epsilon = float32(1.1920928955078125e-07)

// ErrRange is a range no scale can be made of: a NaN, an infinity, or min above max.
var ErrRange = errors.New("not a range")

// Range gives the lowest and highest code (spec §1.1): symmetric −2^(b−1) … 2^(b−1)−1, Narrow one
// code less below, asymmetric 0 … 2^b−1; Codes may say otherwise.
func (s QScheme) Range() (qmin, qmax int32) {
	if s.Codes == Unsigned || s.Codes == Upper || s.Codes == Usual && !s.Symmetric {
		return 0, int32(1)<<s.Bits - 1
	}
	qmin, qmax = -(int32(1) << (s.Bits - 1)), int32(1)<<(s.Bits-1)-1
	if s.Narrow {
		qmin++
	}
	return qmin, qmax
}

// FromRange turns observed ranges into scales and zero points (spec §1.2), PyTorch's
// _calculate_qparams, every operation rounded to float32. lo and hi have one element for each
// scale; axis is stored. lo = +Inf with hi = −Inf, a range never observed, gives scale 1 and zero
// point 0; any other range that is not finite and ordered is an ErrRange naming the channel.
//
// Where scales are powers of two the zero point is that of the power of two. [Q] MQBench keeps that of
// the scale before: MQBenchRange.
func (s QScheme) FromRange(lo, hi []float32, axis int) (QParams, error) {
	p, err := s.MQBenchRange(lo, hi, axis)
	if err != nil || !s.PoT || s.Symmetric {
		return p, err
	}
	for i := range lo {
		if lo[i] <= hi[i] { // else nothing was observed
			p.ZeroPoint[i] = p.zeroPoint(min(lo[i], 0), p.Scale[i])
		}
	}
	return p, nil
}

// zeroPoint is the code that is nearest to being zero when lo is the lowest.
func (p QParams) zeroPoint(lo, scale float32) int32 {
	z := float32(p.QMin) - rint(lo/scale)
	return int32(min(max(z, float32(p.QMin)), float32(p.QMax)))
}

// MQBenchRange is FromRange as MQBench has it.
func (s QScheme) MQBenchRange(lo, hi []float32, axis int) (QParams, error) {
	qmin, qmax := s.Range()
	p := QParams{
		Scale: make([]float32, len(lo)), ZeroPoint: make([]int32, len(lo)),
		QMin: qmin, QMax: qmax, Axis: axis,
	}
	for i := range lo {
		if err := s.fromRange(&p, i, lo[i], hi[i]); err != nil {
			if axis >= 0 {
				return QParams{}, fmt.Errorf("channel %d: %w", i, err)
			}
			return QParams{}, err
		}
	}
	return p, nil
}

// fromRange writes scale and zero point i.
func (s QScheme) fromRange(p *QParams, i int, lo, hi float32) error {
	if math.IsInf(float64(lo), 1) && math.IsInf(float64(hi), -1) {
		p.Scale[i] = 1
		return nil
	}
	if !(lo <= hi) || math.IsInf(float64(lo), 0) || math.IsInf(float64(hi), 0) {
		return fmt.Errorf("%w: min %v, max %v", ErrRange, lo, hi)
	}
	lo, hi = min(lo, 0), max(hi, 0) // zero is always representable
	steps := float32(p.QMax - p.QMin)
	scale := max(float32(hi-lo)/steps, Epsilon)
	if s.Symmetric {
		scale, p.ZeroPoint[i] = max(max(-lo, hi)/(steps/2), Epsilon), s.Middle()
	} else {
		p.ZeroPoint[i] = p.zeroPoint(lo, scale)
	}
	if math.IsInf(float64(scale), 0) {
		return fmt.Errorf("%w: min %v, max %v are too far apart for float32", ErrRange, lo, hi)
	}
	if s.PoT {
		scale = PowerOfTwo(scale)
	}
	p.Scale[i] = scale
	return nil
}

// Middle is the zero point of a symmetric scheme: 0, or of unsigned codes 2^(b−1), as in PyTorch.
func (s QScheme) Middle() int32 {
	if s.Symmetric && s.Codes == Unsigned {
		return 1 << (s.Bits - 1)
	}
	return 0
}

// PowerOfTwo is the power of two nearest to a positive s, 2^round(log2 s), decided without a logarithm:
// with s = f·2^e, 0.5 ≤ f < 1, the nearer power in the logarithm is 2^e from f = √½ on, and f² is exact
// in float64.
func PowerOfTwo(s float32) float32 {
	f, e := math.Frexp(float64(s))
	if f*f < 0.5 {
		e--
	}
	return float32(math.Ldexp(1, e))
}

// rint rounds half to even.
func rint(x float32) float32 { return float32(math.RoundToEven(float64(x))) }
