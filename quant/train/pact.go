package train

import (
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Clipped is a fake-quantizer whose range is trained: PACT in the sound reading (spec §2.3), which clips always. One
// scale, made of the range as scheme.FromRange does.
type Clipped struct {
	Alpha, NAlpha graph.ValueID // parameters of one element; NAlpha is None if symmetric: then it is -Alpha
	Negative      bool          // there are negative values, else the range begins at 0
	Scheme        scheme.QScheme
	Rule          scheme.Rule
}

// Quantize appends the fake-quantized x. A range that training has turned around is one of a single point.
//
//	lo ≤ x ≤ hi:  dx = dy where the code is one there is
//	x > hi:       dx = 0, dα = dy      x < lo: dx = 0, dn_α = dy, or if symmetric dα = -dy
func (c Clipped) Quantize(b *graph.Builder, blocks Blocks, name string, x graph.ValueID) graph.ValueID {
	e := emit{Builder: b, at: name}
	hi, lo := e.reshape(c.Alpha), e.scalar(0)
	switch {
	case !c.Negative:
	case c.NAlpha != graph.None:
		lo = e.reshape(c.NAlpha)
	default:
		lo = e.times(hi, -1)
	}
	q := quantizer{emit: e, axis: -1, rule: c.Rule}
	q.qmin, q.qmax = c.Scheme.Range()
	q.scale, q.zero = c.numbers(e, lo, hi)
	q.x = e.op("least", graph.Min{}, e.op("most", graph.Max{}, x, lo), hi)
	codes := q.codes()
	y := e.mul(e.sub(e.unary(graph.Clip{Lo: float32(q.qmin), Hi: float32(q.qmax)}, codes), q.zero), q.scale)
	in := []graph.ValueID{x, c.Alpha}
	if c.NAlpha != graph.None {
		in = append(in, c.NAlpha)
	}
	blocks[y] = Block{Inputs: in, grad: func(l *local) ([]graph.ValueID, error) {
		total := func(v graph.ValueID) graph.ValueID { return l.reshape(l.sum(v, false, l.others(x, -1)...), 1) }
		above := l.mul(l.g(), l.unary(graph.Within{Lo: 0, Hi: infinite(1)}, l.sub(x, hi)))
		below := graph.None
		if c.Negative {
			below = l.mul(l.g(), l.unary(graph.Within{Lo: infinite(-1), Hi: 0}, l.sub(x, lo)))
		}
		return l.each(
			func() graph.ValueID {
				d := l.sub(l.g(), above)
				if below != graph.None {
					d = l.sub(d, below)
				}
				return l.mul(d, q.inside(codes))
			},
			func() graph.ValueID {
				if c.NAlpha != graph.None || below == graph.None {
					return total(above)
				}
				return total(l.sub(above, below))
			},
			func() graph.ValueID {
				if below == graph.None {
					return l.fill(0, []int{1})
				}
				return total(below)
			})
	}}
	return y
}

// numbers are scale and zero point of a range, as scheme.FromRange finds them.
func (c Clipped) numbers(e emit, lo, hi graph.ValueID) (scale, zero graph.ValueID) {
	qmin, qmax := c.Scheme.Range()
	lo, hi = e.op("least", graph.Min{}, lo, e.scalar(0)), e.op("most", graph.Max{}, hi, e.scalar(0))
	steps := float32(qmax - qmin)
	positive := func(v graph.ValueID) graph.ValueID {
		v = e.op("most", graph.Max{}, v, e.scalar(scheme.Epsilon))
		if c.Scheme.PoT {
			v = e.powerOfTwo(e.unary(graph.Round{}, e.times(e.unary(graph.Log{}, v), 1/ln2)))
		}
		return v
	}
	if c.Scheme.Symmetric {
		most := e.op("most", graph.Max{}, e.times(lo, -1), hi)
		return positive(e.div(most, e.scalar(steps/2))), e.scalar(float32(c.Scheme.Middle()))
	}
	scale = positive(e.div(e.sub(hi, lo), e.scalar(steps)))
	zero = e.from(float32(qmin), e.unary(graph.Round{}, e.div(lo, scale)))
	return scale, e.unary(graph.Clip{Lo: float32(qmin), Hi: float32(qmax)}, zero)
}
