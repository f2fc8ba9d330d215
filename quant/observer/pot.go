package observer

import (
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/scheme"
)

// exponents is what the observers of Vitis do with a batch: from e0 = ⌊log2(1/s0)⌋, s0 = max(min/qmin,
// max/qmax), it tries s = 2^−e for e0 ≤ e < e0+5, of a network input e0 alone, and takes the first
// with the least squared error; at most 12. Weights are rounded half to even, activations as the
// hardware does: limited first, negative ties upwards. The zero point is 0, asymmetric with no
// negative value qmin − rhe(min/s), which the recipe refuses: [Q] qmin = 0 divides, and MQBench raises.
type exponents struct {
	ranged
	first int // e0 of the batch
	tries int
	loss  []float64 // of each exponent; nil until the values come
	err   error
	low   float32 // minimum of the last batch
}

const (
	exponentTries = 5
	exponentMost  = 12
	smallestScale = 0x1p-15 // below, e0 is 0
)

func newExponents(c Config) exponents {
	e := exponents{ranged: newRanged(c), tries: exponentTries, low: float32(math.Inf(1))}
	if c.Role == Input {
		e.tries = 1
	}
	return e
}

// start is e0 of the batch.
func (o *exponents) start() (int, error) {
	qmin, qmax := o.config.Scheme.Range()
	a, b := o.batch.lo[0]/float32(qmin), o.batch.hi[0]/float32(qmax)
	s := a // as Python's max does, which keeps a NaN that comes first
	if b > a {
		s = b
	}
	if s != s || math.IsInf(float64(s), 1) {
		return 0, fmt.Errorf("%w: min %v / %d and max %v / %d give no power of two", scheme.ErrRange, o.batch.lo[0], qmin, o.batch.hi[0], qmax)
	}
	if s < smallestScale {
		return 0, nil
	}
	return floorLog2(1 / s), nil
}

// floorLog2 is ⌊log2 x⌋ of a positive x.
func floorLog2(x float32) int {
	_, e := math.Frexp(float64(x))
	return e - 1
}

func (o *exponents) Observe(_ int, x []float32) {
	if o.loss == nil {
		o.loss = make([]float64, o.tries)
		first, err := o.start()
		if err != nil && o.err == nil {
			o.err = err
		}
		o.first = first
	}
	lo, hi := o.config.Scheme.Range()
	for len(x) > 0 {
		n := min(len(x), lossRun)
		for i := range o.loss {
			o.loss[i] += squaredError(x[:n], float32(math.Ldexp(1, -o.first-i)), float32(lo), float32(hi))
		}
		x = x[n:]
	}
}

// lossRun is of how many errors float64 sums begin anew.
const lossRun = 512

// round is what a number is added to for its sum to be a whole number, rounded half to even: the float32 from 2²³ to 2²⁴. As
// bits, they have the order that they have as numbers.
const round = 3 << 22

// squaredError sums the squares of what scale, a power of two, makes of x. A tie is as far from the code above as from the one
// below, so that nothing has to be known of how they are rounded. Written out, without branches: all values of a network's
// calibration pass here five times, and a branch is a jump through a table in WebAssembly made by Go.
func squaredError(x []float32, scale, lo, hi float32) (sum float64) {
	inverse := 1 / scale
	least, most := int32(math.Float32bits(lo+round)), int32(math.Float32bits(hi+round))
	for _, v := range x {
		code := min(max(int32(math.Float32bits(float32(v*inverse)+round)), least), most)
		d := float32((math.Float32frombits(uint32(code))-round)*scale) - v
		sum += float64(d * d)
	}
	return sum
}

// params are those of scale 2^−e and zero point 0.
func (o *exponents) params(e int) scheme.QParams {
	p := scheme.QParams{Scale: []float32{float32(math.Ldexp(1, -e))}, ZeroPoint: []int32{0}, Axis: -1, Grid: scheme.Integers}
	p.QMin, p.QMax = o.config.Scheme.Range()
	return p
}

// best is the exponent of the batch, which it closes; not ok if there was nothing in it.
func (o *exponents) best() (e int, ok bool) {
	if o.batch.empty(0) {
		return 0, false
	}
	e, least := o.first, math.Inf(1)
	for i, l := range o.loss {
		if l < least {
			e, least = o.first+i, l
		}
	}
	o.found.lo[0], o.found.hi[0] = o.batch.lo[0], o.batch.hi[0]
	o.low, o.loss = o.batch.lo[0], nil
	o.batch.reset()
	return min(e, exponentMost), true
}

// finish gives the numbers of an exponent.
func (o *exponents) finish(e int) (scheme.QParams, error) {
	if err := o.check(); err != nil {
		return scheme.QParams{}, err
	}
	if o.err != nil {
		return scheme.QParams{}, o.err
	}
	p := o.params(e)
	if !o.config.Scheme.Symmetric && o.low >= 0 {
		p.ZeroPoint[0] = int32(float32(p.QMin) - rint(o.low/p.Scale[0]))
	}
	return p, nil
}
