package train

import (
	"math"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

const ln2 = math.Ln2

// Threshold is a symmetric fake-quantizer of one scale, a power of two of a trained threshold: TQT as in the paper
// (arXiv 1903.08066, spec §2.5), s = 2^⌈log2 t⌉/2^(bits-1).
type Threshold struct {
	Log2T      graph.ValueID // parameter, one element
	Bits       int
	QMin, QMax int32
	HalfUp     bool // negative ties go up
}

// Quantize appends the fake-quantized x. With v = x/s and its code u before the clamp:
//
//	qmin ≤ u ≤ qmax:  dx = dy, dlog2t = dy·(u - v)·s·ln 2
//	outside:          dx = 0,  dlog2t = dy·q·s·ln 2          summed over all elements
func (c Threshold) Quantize(b *graph.Builder, blocks Blocks, name string, x graph.ValueID) graph.ValueID {
	e := emit{Builder: b, at: name}
	exponent := e.plus(e.unary(graph.Ceil{}, e.reshape(c.Log2T)), float32(1-c.Bits))
	s := e.powerOfTwo(e.unary(graph.Clip{Lo: -120, Hi: 126}, exponent))
	v := e.div(x, s)
	u := v
	if c.HalfUp {
		below := e.unary(graph.Floor{}, e.plus(e.unary(graph.Clip{Lo: infinite(-1), Hi: 0}, v), 0.5))
		u = e.add(e.unary(graph.Round{}, e.unary(graph.Clip{Lo: 0, Hi: infinite(1)}, v)), below)
	} else {
		u = e.unary(graph.Round{}, v)
	}
	code := e.unary(graph.Clip{Lo: float32(c.QMin), Hi: float32(c.QMax)}, u)
	y := e.mul(code, s)
	blocks[y] = Block{Inputs: []graph.ValueID{x, c.Log2T}, grad: func(l *local) ([]graph.ValueID, error) {
		inside := quantizer{emit: l.emit, qmin: c.QMin, qmax: c.QMax}.inside(u)
		return l.each(
			func() graph.ValueID { return l.mul(l.g(), inside) },
			func() graph.ValueID {
				d := l.sum(l.mul(l.g(), l.sub(code, l.mul(inside, v))), false, l.others(x, -1)...)
				return l.reshape(l.times(l.mul(d, s), ln2), 1)
			})
	}}
	return y
}

// powerOfTwo is 2^x, exactly, for a whole x: a bfloat16 has eight digits and every power, so that rounding to one takes
// off the power's last digits.
func (e emit) powerOfTwo(x graph.ValueID) graph.ValueID {
	p := scheme.QParams{Scale: []float32{1}, ZeroPoint: []int32{0}, Axis: -1, Grid: scheme.BF16}
	return e.op("exact", graph.FakeQuantize{Params: p}, e.op("power", graph.Pow{}, e.scalar(2), x))
}
