package scheme

import "math"

// Quantize gives the codes of x: q = clamp(rhe(x·(1/s)) + z, qmin, qmax) under PyTorch's rule,
// x/s under ONNX's; float32, the zero point added after rounding (spec §1.2). dst and x have the
// elements of shape, C order; shape only matters where Axis ≥ 0. A NaN becomes QMin. The grid must be
// one of integers.
func (p QParams) Quantize(dst []int32, x []float32, shape []int, rule Rule) {
	for c, run := range p.Groups(shape, len(x)) {
		q, dst, x := newQuantizer(p, c, rule), dst[run.From:run.To], x[run.From:run.To]
		if p.Grid != HalfUp {
			q.quantize(dst, x)
			continue
		}
		for i, v := range x {
			if v = q.halfUp(v); v != v {
				v = q.lo
			}
			dst[i] = int32(v)
		}
	}
}

// quantize is the code of every element, which has at most 16 bits and so is exact as a float32; written
// out as fakeQuantize is.
func (q quantizer) quantize(dst []int32, x []float32) {
	for i, v := range x {
		if q.divide {
			v /= q.scale
		} else {
			v *= q.inverse
		}
		v = float32(math.RoundToEven(float64(v))) + q.zero
		if v > q.hi {
			v = q.hi
		} else if !(v >= q.lo) { // a NaN too
			v = q.lo
		}
		dst[i] = int32(v)
	}
}

// FakeQuantize gives what x becomes by quantizing and coming back: (q − z)·s in float32, on other
// grids the nearest of their numbers. Layout as Quantize; dst may be x. A NaN stays NaN.
func (p QParams) FakeQuantize(dst, x []float32, shape []int, rule Rule) {
	for c, run := range p.Groups(shape, len(x)) {
		q, y, x := newQuantizer(p, c, rule), dst[run.From:run.To], x[run.From:run.To]
		float, floats := floatOf(p.Grid)
		table := p.Grid.Table()
		switch {
		case p.Grid == HalfUp:
			q.fakeHalfUp(y, x)
		case p.Grid == Log2:
			newLogarithmic(p.ZeroPoint[c]).fakeQuantize(y, x)
		case floats:
			for i, v := range x {
				y[i] = float.round(v/q.scale) * q.scale
			}
		case table != nil:
			for i, v := range x {
				y[i] = nearest(table, v/q.scale) * q.scale
			}
		default:
			q.fakeQuantize(y, x)
		}
	}
}

// fakeQuantize is (code − zero)·scale of every element, written out: all weights of a network go through
// it whenever it is made ready to run, and calls cost more than the arithmetic in a browser.
func (q quantizer) fakeQuantize(y, x []float32) {
	for i, v := range x {
		if q.divide {
			v /= q.scale
		} else {
			v *= q.inverse
		}
		v = float32(math.RoundToEven(float64(v))) + q.zero
		if v < q.lo {
			v = q.lo
		} else if v > q.hi {
			v = q.hi
		}
		y[i] = (v - q.zero) * q.scale
	}
}

// fakeHalfUp is halfUp(x)·scale of every element, written out as fakeQuantize is.
func (q quantizer) fakeHalfUp(y, x []float32) {
	for i, v := range x {
		if q.divide {
			v /= q.scale
		} else {
			v *= q.inverse
		}
		if v < q.lo {
			v = q.lo
		} else if v > q.hi {
			v = q.hi
		}
		code := float32(math.RoundToEven(float64(v)))
		if v < 0 {
			switch {
			case v-code == 0.5: // a tie that went down
				code++
			case code == 0 && float32(v+1) == 0.5: // floor(v) + 1 is a zero without a sign
				code = 0
			}
		}
		y[i] = code * q.scale
	}
}

// quantizer is one scale, unpacked.
type quantizer struct {
	scale, inverse, zero, lo, hi float32
	divide                       bool
}

func newQuantizer(p QParams, c int, rule Rule) quantizer {
	return quantizer{
		scale: p.Scale[c], inverse: 1 / p.Scale[c], zero: float32(p.ZeroPoint[c]),
		lo: float32(p.QMin), hi: float32(p.QMax), divide: rule == ONNX,
	}
}

// Unclamped is rhe(x/s) + z of channel c before the clamp, which decides whether a gradient passes.
func (p QParams) Unclamped(x float32, c int, rule Rule) float32 {
	return newQuantizer(p, c, rule).unclamped(x)
}

func (q quantizer) unclamped(x float32) float32 { return rint(q.scaled(x)) + q.zero }

// scaled is x in steps.
func (q quantizer) scaled(x float32) float32 {
	if q.divide {
		return x / q.scale
	}
	return float32(x * q.inverse)
}

// halfUp is the code as Vitis rounds activations.
func (q quantizer) halfUp(x float32) float32 {
	v := clamp(q.scaled(x), q.lo, q.hi)
	if v < 0 && v-floor(v) == 0.5 {
		return floor(v) + 1
	}
	return rint(v)
}

// clamp limits x; a NaN passes.
func clamp(x, lo, hi float32) float32 {
	if x < lo {
		return lo
	}
	if x > hi {
		return hi
	}
	return x
}

func floor(x float32) float32 { return float32(math.Floor(float64(x))) }
