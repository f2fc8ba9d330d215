package train

import (
	"math"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// fakeQuantize lets the gradient through where the code before the clamp is one there is (spec §2.1), of floats
// where x/s is not beyond the greatest; the logarithm's numbers always.
func fakeQuantize(l *local, op graph.FakeQuantize) ([]graph.ValueID, error) {
	p := op.Params
	switch p.Grid {
	case scheme.Integers:
	case scheme.HalfUp:
		return l.each(func() graph.ValueID {
			q := quantizer{emit: l.emit, x: l.in(0), axis: p.Axis}
			q.fix(p)
			return l.mul(l.g(), l.halfUpInside(l.div(q.x, q.scale), p.QMin, p.QMax))
		})
	case scheme.Log2:
		return l.each(l.g)
	default:
		return l.each(func() graph.ValueID {
			q := quantizer{emit: l.emit, x: l.in(0), axis: p.Axis}
			q.fix(p)
			return l.mul(l.g(), l.notBeyond(l.div(q.x, q.scale), p.Grid))
		})
	}
	return l.each(func() graph.ValueID {
		x := l.in(0)
		q := quantizer{emit: l.emit, x: x, axis: p.Axis, qmin: p.QMin, qmax: p.QMax, rule: op.Rule}
		q.fix(p)
		if !q.outer() {
			return l.mul(l.g(), q.inside(q.codes()))
		}
		dx, _, _ := q.gradient(l.g(), false)
		return dx
	})
}

// quantizer is a fake-quantizer whose numbers may be computed while running.
type quantizer struct {
	emit
	x           graph.ValueID
	scale, zero graph.ValueID // broadcast to x; zero is whole
	axis        int           // -1: one scale
	qmin, qmax  int32
	rule        scheme.Rule
}

// fix gives q the numbers of p as constants.
func (q *quantizer) fix(p scheme.QParams) {
	scales := []int{len(p.Scale)}
	q.scale, q.zero = q.place(q.vector(scales, p.Scale...)), q.place(q.vector(scales, p.Zeros()...))
}

// place gives a vector of one number, or of one for each index of the axis, the shape that broadcasts to x.
func (q quantizer) place(v graph.ValueID) graph.ValueID {
	if q.axis < 0 {
		return q.reshape(v)
	}
	return q.along(v, q.x, q.axis)
}

// outer tells whether elements that lie side by side have one scale, wherever channels are: what the kernels that
// fake-quantize by computed scales ask for, to be quick.
func (q quantizer) outer() bool { return q.axis <= 0 }

// by is the operator of q.
func (q quantizer) by() graph.LearnedFakeQuantize {
	return graph.LearnedFakeQuantize{QMin: q.qmin, QMax: q.qmax, Rule: q.rule}
}

// gradient is what graph.LearnedFakeQuantizeGradient makes of dy; the sums only where they are asked for.
func (q quantizer) gradient(dy graph.ValueID, sums bool) (dx, ds, dz graph.ValueID) {
	if q.failed() {
		return graph.None, graph.None, graph.None
	}
	names := []string{q.Name(q.at + "/gradient"), "", ""}
	if sums {
		names[1], names[2] = q.Name(q.at+"/scale"), q.Name(q.at+"/zero_point")
	}
	out, err := q.Apply(graph.LearnedFakeQuantizeGradient{Of: q.by(), Within: graph.Within{Lo: infinite(-1), Hi: infinite(1)}}, q.NodeName(q.at+"/gradient"), []graph.ValueID{q.x, q.scale, q.zero, dy}, names)
	if err != nil {
		panic("train: the gradient of a fake-quantizer does not fit its input")
	}
	return out[0], out[1], out[2]
}

// codes are those before the clamp: rhe(x·(1/s)) + z, or rhe(x/s) + z.
func (q quantizer) codes() graph.ValueID {
	x := q.x
	if q.rule == scheme.ONNX {
		x = q.div(x, q.scale)
	} else {
		x = q.mul(x, q.over(1, q.scale))
	}
	return q.add(q.unary(graph.Round{}, x), q.zero)
}

// inside is 1 for codes that there are. Codes are whole, so that the ends are between two of them.
func (q quantizer) inside(codes graph.ValueID) graph.ValueID {
	return q.unary(graph.Within{Lo: float32(q.qmin) - 0.5, Hi: float32(q.qmax) + 0.5}, codes)
}

// Learned is a fake-quantizer whose scale and zero point are trained: LSQ, LSQ+ (spec §2.2).
type Learned struct {
	Scale, Zero graph.ValueID // the parameters, [1] or one number for each index of Axis
	Axis        int           // -1: one scale
	QMin, QMax  int32
	Symmetric   bool
	Rule        scheme.Rule
	Plain       bool // leaves out the factor of the gradients, 1/√(elements a scale · qmax)
}

// Quantize appends the fake-quantized x and says what scale and zero point are in this step, the leaves of
// differentiation: the scale positive and at least scheme.Epsilon, the zero point zero or limited to the
// codes, not rounded. An update goes on from these, as MQBench's does.
//
//	qmin ≤ u ≤ qmax:  dx = dy, ds = dy·(y - x)/s, dz = 0          u = rhe(x/s) + rhe(z)
//	outside:          dx = 0,  ds = dy·y/s,       dz = -dy·s      times g, summed over the elements of a scale
func (f Learned) Quantize(b *graph.Builder, blocks Blocks, name string, x graph.ValueID) (y, scale, zero graph.ValueID) {
	e := emit{Builder: b, at: name}
	scale = e.unary(graph.Clip{Lo: scheme.Epsilon, Hi: infinite(1)}, e.unary(graph.Abs{}, f.Scale))
	if zero = e.unary(graph.Clip{Lo: float32(f.QMin), Hi: float32(f.QMax)}, f.Zero); f.Symmetric {
		zero = e.times(f.Zero, 0)
	}
	q := quantizer{emit: e, x: x, axis: f.Axis, qmin: f.QMin, qmax: f.QMax, rule: f.Rule}
	q.scale, q.zero = q.place(scale), q.place(e.unary(graph.Round{}, zero))
	g := f.factor(e, x)
	if q.outer() {
		y = e.op("quantized", q.by(), x, q.scale, q.zero)
		blocks[y] = Block{Inputs: []graph.ValueID{x, scale, zero}, grad: func(l *local) ([]graph.ValueID, error) {
			q.emit = l.emit
			dx, ds, dz := q.gradient(l.g(), l.want(1) || l.want(2))
			return l.each(
				func() graph.ValueID { return dx },
				func() graph.ValueID { return l.times(l.div(l.reshape(ds, l.shape(scale)...), scale), g) },
				func() graph.ValueID { return l.times(l.mul(l.reshape(dz, l.shape(scale)...), scale), g) })
		}}
		return y, scale, zero
	}
	codes := q.codes()
	y = e.mul(e.sub(e.unary(graph.Clip{Lo: float32(f.QMin), Hi: float32(f.QMax)}, codes), q.zero), q.scale)
	blocks[y] = Block{Inputs: []graph.ValueID{x, scale, zero}, grad: func(l *local) ([]graph.ValueID, error) {
		inside := q.inside(codes)
		dx := l.mul(l.g(), inside)
		return l.each(
			func() graph.ValueID { return dx },
			func() graph.ValueID {
				d := l.mul(l.g(), l.sub(l.out(), l.mul(inside, x)))
				return l.times(l.div(l.reshape(l.sumTo(d, l.shape(q.scale)), l.shape(scale)...), scale), g)
			},
			func() graph.ValueID {
				d := l.sumTo(l.sub(dx, l.g()), l.shape(q.scale))
				return l.times(l.mul(l.reshape(d, l.shape(scale)...), scale), g)
			})
	}}
	return y, scale, zero
}

// factor is LSQ's gradient scale.
func (f Learned) factor(e emit, x graph.ValueID) float32 {
	if f.Plain {
		return 1
	}
	n := graph.Len(e.shape(x))
	if f.Axis >= 0 {
		n /= e.shape(x)[f.Axis]
	}
	return float32(1 / math.Sqrt(float64(n)*float64(f.QMax)))
}
